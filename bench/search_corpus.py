"""What the bench of the search is made on: businesses of several sizes in the same tables.

Texts are words of a made-up vocabulary that are as unevenly common as real ones (Zipf and Mandelbrot); vectors lie
around centres in a space of few dimensions, as those of real texts do, so that their graph is neither trivial nor
hopeless. A question takes some words of a passage, and a vector near its own.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, product
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from libs.common.ids import new_id
from services.ai.index import lexical_repository

MODEL, DIMENSIONS = "bench", 384
VOCABULARY, COMMONNESS, FLATTENED = 60_000, 1.05, 20.0
WORDS = (40, 100)
PASSAGES_OF_DOCUMENT = 25
WORDS_AT_HAND = 900
WORDS_OF_QUESTION = (4, 9)
CENTRES, INNER_DIMENSIONS, SPREAD, NOISE, NEAR = 2_000, 48, 0.8, 0.1, 0.5
DOCUMENTS_AT_ONCE = 400
_SETTINGS = ("session_replication_role = replica", "maintenance_work_mem = '1GB'", "work_mem = '256MB'")
_BASE = """
    INSERT INTO knowledge_base (tenant_id, id, name, description, embedding_model, state, created_at)
    VALUES (:tenant, :base, 'bench', '', :model, 'active', :now)
"""
_DOCUMENTS = """
    INSERT INTO document (tenant_id, id, knowledge_base_id, name, content_type, size, sha256, language, passages,
                          audience, state, uploader_id, version, created_at, updated_at)
    SELECT :tenant, id, :base, 'bench', 'text/plain', 1, '', 'en', passages, 'members', 'ready', :tenant, 1, :now, :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:passages AS integer[])) AS made(id, passages)
"""
# What is sorted is made once all is there: the graphs, and the index that holds the words.
_POSTPONED = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
    FROM pg_constraint WHERE contype = 'p' AND conrelid = 'lexical_entry'::regclass
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')
    FROM pg_index WHERE NOT indisprimary AND indrelid IN ('lexical_entry'::regclass, 'passage_vector'::regclass)
"""
_COLUMNS = ("tenant_id", "knowledge_base_id", "document_id", "position")


@dataclass(frozen=True, kw_only=True)
class Business:
    """A tenant with one knowledge base: `texts` and `vectors` (n, 384) of its passages, in their order."""

    tenant_id: UUID
    knowledge_base_id: UUID
    texts: Sequence[str]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Question:
    text: str
    vector: NDArray[np.float32]


class Author:
    """Writes passages, always the same ones for one `seed`."""

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "el", "in", "on", "us")]
        made = islice(product(syllables, repeat=3), VOCABULARY * 40)
        words = np.array(["".join(parts) for parts in made])
        self._vocabulary = self._random.permutation(words)[:VOCABULARY]
        shares = (np.arange(VOCABULARY) + 1 + FLATTENED) ** -COMMONNESS
        self._shares = np.cumsum(shares / shares.sum())
        self._centres = self._random.normal(size=(CENTRES, INNER_DIMENSIONS)).astype(np.float32)
        self._outwards = self._random.normal(size=(INNER_DIMENSIONS, DIMENSIONS)).astype(np.float32)

    def business(self, tenant_id: UUID, passages: int) -> Business:
        documents = -(-passages // PASSAGES_OF_DOCUMENT)
        at_hand = np.searchsorted(self._shares, self._random.random((documents, WORDS_AT_HAND))).clip(0, VOCABULARY - 1)
        lengths = self._random.integers(*WORDS, size=passages)
        of_document = np.repeat(np.arange(passages) // PASSAGES_OF_DOCUMENT, lengths)
        drawn = at_hand[of_document, self._random.integers(WORDS_AT_HAND, size=len(of_document))]
        words = np.split(self._vocabulary[drawn], np.cumsum(lengths)[:-1])
        of_centre = self._random.integers(CENTRES, size=passages)
        inner = self._centres[of_centre] + SPREAD * self._random.normal(size=(passages, INNER_DIMENSIONS))
        return Business(
            tenant_id=tenant_id,
            knowledge_base_id=new_id(),
            texts=[" ".join(some) for some in words],
            vectors=self._unit(inner.astype(np.float32) @ self._outwards),
        )

    def questions(self, business: Business, number: int) -> list[Question]:
        """Each about another passage, as far as there are enough."""
        asked = self._random.choice(len(business.texts), size=number, replace=number > len(business.texts))
        return [self._question(business, int(passage)) for passage in asked]

    def _question(self, business: Business, passage: int) -> Question:
        words = business.texts[passage].split()
        some = self._random.choice(len(words), size=self._random.integers(*WORDS_OF_QUESTION), replace=False)
        near = self._unit(business.vectors[passage : passage + 1], noise=NEAR)
        return Question(text=" ".join(words[place] for place in some), vector=near[0])

    def _unit(self, vectors: NDArray[np.float32], noise: float = NOISE) -> NDArray[np.float32]:
        rough = vectors / vectors.std() + noise * self._random.normal(size=vectors.shape).astype(np.float32)
        unit: NDArray[np.float32] = (rough / np.linalg.norm(rough, axis=1, keepdims=True)).astype(np.float32)
        return unit


async def load(url: str, businesses: Sequence[Business]) -> None:
    """Writes them past the service, as the administrator whose `url` it is; words by the service's own statements."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with AsyncSession(engine) as session:
            for setting in _SETTINGS:
                await session.execute(text(f"SET {setting}"))
            postponed = (await session.execute(text(_POSTPONED))).all()
            for index in postponed:
                await session.execute(text(index.drop))
            documents = [one for business in businesses for one in await _write(session, business)]
            for start in range(0, len(documents), DOCUMENTS_AT_ONCE):
                some = documents[start : start + DOCUMENTS_AT_ONCE]
                await lexical_repository.write(session, some, piece=0, configuration="english")
            for index in postponed:
                await session.execute(text(index.make))
            await lexical_repository.count(session, documents, language="en")
            await session.commit()
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text("VACUUM (ANALYZE)"))
    finally:
        await engine.dispose()


async def _write(session: AsyncSession, business: Business) -> list[UUID]:
    """Returns the ids of the documents."""
    sizes = [len(part) for part in np.array_split(business.texts, -(-len(business.texts) // PASSAGES_OF_DOCUMENT))]
    documents = [new_id() for _ in sizes]
    of_base = {"tenant": business.tenant_id, "base": business.knowledge_base_id, "now": datetime.now(UTC)}
    await session.execute(text(_BASE), {**of_base, "model": MODEL})
    await session.execute(text(_DOCUMENTS), {**of_base, "ids": documents, "passages": sizes})
    base = (business.tenant_id, business.knowledge_base_id)
    places = [(*base, document, n) for document, size in zip(documents, sizes, strict=True) for n in range(size)]
    ids = [new_id() for _ in places]
    driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    written = zip(places, ids, business.texts, strict=True)
    await driver.copy_records_to_table(
        "passage",
        columns=(*_COLUMNS, "id", "text", "headings", "tokens"),
        records=((*place, passage_id, words, [], len(words) // 4) for place, passage_id, words in written),
    )
    await driver.copy_to_table(
        "passage_vector",
        columns=(*_COLUMNS, "passage_id", "model", "dimensions", "embedding"),
        source=io.BytesIO(_copied(places, ids, business.vectors)),
        format="binary",
    )
    return documents


def _copied(places: Sequence[tuple[UUID, UUID, UUID, int]], ids: Sequence[UUID], vectors: NDArray[np.float32]) -> bytes:
    """Rows of `passage_vector` as COPY reads them in its binary format (PostgreSQL's documentation of COPY)."""
    number = len(ids)
    columns: list[NDArray[np.uint8]] = [
        _bytes_of([place[0] for place in places]),
        _bytes_of([place[1] for place in places]),
        _bytes_of([place[2] for place in places]),
        np.array([place[3] for place in places], dtype=">i4").view(np.uint8).reshape(number, 4),
        _bytes_of(ids),
        np.tile(np.frombuffer(MODEL.encode(), dtype=np.uint8), (number, 1)),
        np.full(number, DIMENSIONS, dtype=">i4").view(np.uint8).reshape(number, 4),
        # A vector is its number of dimensions, two empty bytes, and its halves.
        np.hstack(
            [
                np.tile(np.array([DIMENSIONS, 0], dtype=">u2").view(np.uint8), (number, 1)),
                vectors.astype(">f2").view(np.uint8).reshape(number, -1),
            ]
        ),
    ]
    parts = [np.tile(np.array([len(columns)], dtype=">i2").view(np.uint8), (number, 1))]
    for each in columns:
        parts += [np.full(number, each.shape[1], dtype=">i4").view(np.uint8).reshape(number, 4), each]
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + np.hstack(parts).tobytes() + b"\xff\xff"


def _bytes_of(ids: Sequence[UUID]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(one.bytes for one in ids), dtype=np.uint8).reshape(len(ids), 16)
