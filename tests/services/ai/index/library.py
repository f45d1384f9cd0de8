"""A business's knowledge for tests of the index: documents of given passages, whose vectors say what they mean."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Database
from libs.common.ids import new_id
from services.ai.documents.access import Asker
from services.ai.documents.models import Document, DocumentReader
from services.ai.index import writing
from services.ai.index.lexical_repository import PIECE
from services.ai.index.models import LexicalDocument, LexicalEntry, LexicalTerm, LexicalTotal, Passage, PassageVector
from services.ai.index.searching import Found, search
from services.ai.knowledge.models import KnowledgeBase
from services.ai.passages import splitting

MODEL, DIMENSIONS = "of-tests", 384
TABLES: Sequence[type[Any]] = (Passage, PassageVector, LexicalEntry, LexicalTerm, LexicalDocument, LexicalTotal)
MEMBER = Asker(user_id=new_id(), role="member")


def vector_of(meaning: str) -> NDArray[np.float32]:
    """A direction of its own for each meaning."""
    seed = int.from_bytes(hashlib.sha256(meaning.encode()).digest()[:8], "big")
    direction = np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)
    unit: NDArray[np.float32] = direction / np.linalg.norm(direction)
    return unit


@dataclass(frozen=True)
class Library:
    """One tenant with a knowledge base."""

    database: Database
    tenant_id: UUID = field(default_factory=new_id)
    base_id: UUID = field(default_factory=new_id)

    async def opened(self) -> "Library":
        await self.new_base(self.base_id)
        return self

    async def new_base(self, base_id: UUID, *, state: str = "active") -> UUID:
        async with self.database.tenant_session(self.tenant_id) as session:
            session.add(
                KnowledgeBase(
                    tenant_id=self.tenant_id,
                    id=base_id,
                    name=base_id.hex,
                    description="",
                    embedding_model=MODEL,
                    state=state,
                    last_change=1,
                    created_at=datetime.now(UTC),
                )
            )
        return base_id

    async def add(self, *texts: str, headings: Sequence[str] = (), **fields: Any) -> Document:
        """A document with a passage of each text, whose vectors are those of the texts; not published."""
        readers = fields.pop("readers", ())
        now = datetime.now(UTC)
        values: dict[str, Any] = {
            "knowledge_base_id": self.base_id,
            "name": "notes.md",
            "content_type": "text/markdown",
            "size": 1,
            "sha256": "",
            "language": "en",
            "passages": len(texts),
            "audience": "members",
            "state": "embedding",
            "done": 0,
            "total": len(texts),
            "uploader_id": new_id(),
            "counted_bytes": 0,
            "fence": 0,
            "failures": 0,
            "version": 1,
        }
        document = Document(
            tenant_id=self.tenant_id, id=new_id(), created_at=now, updated_at=now, **{**values, **fields}
        )
        passages = [
            splitting.Passage(number, text, tuple(headings), None, None, tokens=10) for number, text in enumerate(texts)
        ]
        async with self.database.tenant_session(self.tenant_id) as session:
            session.add(document)
            await session.flush()
            for reader in readers:
                session.add(DocumentReader(tenant_id=self.tenant_id, id=new_id(), document_id=document.id, **reader))
            ids = await writing.add_passages(session, document, passages)
            vectors = np.stack([vector_of(one) for one in texts])
            await writing.add_vectors(session, document, ids, vectors, model=MODEL)
        return document

    async def publish(self, document: Document, *, state: str = "ready") -> bool:
        async with self.database.tenant_session(self.tenant_id) as session:
            published = await writing.publish(session, document)
            if published:
                await set_state(session, document.id, state)
        return published

    async def ready(self, *texts: str, **fields: Any) -> Document:
        """A document that is found."""
        document = await self.add(*texts, **fields)
        assert await self.publish(document)
        return document

    async def forget(self, document: Document) -> None:
        """As the worker does."""
        async with self.database.tenant_session(self.tenant_id) as session:
            await writing.forget(session, document.id)
            await set_state(session, document.id, "deleting")

    async def set_state(self, document: Document, state: str) -> None:
        async with self.database.tenant_session(self.tenant_id) as session:
            await set_state(session, document.id, state)

    async def search(self, query: str, **asked: Any) -> list[Found]:
        """By a member, unless `asker` is given; by words alone, unless the question has a `meaning`."""
        async with self.database.tenant_session(self.tenant_id) as session:
            return await self.search_in(session, query, **asked)

    async def search_in(
        self,
        session: AsyncSession,
        query: str,
        *,
        meaning: str | None = None,
        bases: Sequence[UUID] = (),
        **asked: Any,
    ) -> list[Found]:
        given: dict[str, Any] = {"asker": MEMBER, "language": "en", "limit": 10, "model": MODEL, **asked}
        vector = None if meaning is None else vector_of(meaning)
        return await search(
            session, knowledge_base_ids=bases or [self.base_id], query=query, query_vector=vector, **given
        )

    async def texts(self, query: str, **asked: Any) -> list[str]:
        """What a search finds, the best first."""
        return [one.text for one in await self.search(query, **asked)]

    async def rows(self, table: type[Any]) -> list[Any]:
        async with self.database.tenant_session(self.tenant_id) as session:
            return list((await session.scalars(select(table))).all())

    async def assert_counts_are_true(self) -> None:
        """The counts are those that the entries give, and the entries are those of documents that are published."""
        entries, published = await self.rows(LexicalEntry), await self.rows(LexicalDocument)
        terms: dict[tuple[UUID, str], int] = {}
        lengths: dict[UUID, dict[int, int]] = {}
        for entry in entries:
            key = (entry.knowledge_base_id, entry.term)
            terms[key] = terms.get(key, 0) + len(entry.postings)
            for posting in entry.postings:
                position = entry.piece * PIECE + (posting >> 23)
                lengths.setdefault(entry.document_id, {})[position] = posting & 32767
        counted = {(one.knowledge_base_id, one.term): one.passages for one in await self.rows(LexicalTerm)}
        assert counted == terms
        assert {one.document_id: (one.passages, one.words) for one in published} == {
            document_id: (len(of_document), sum(of_document.values())) for document_id, of_document in lengths.items()
        }
        totals: dict[tuple[UUID, str], list[int]] = {}
        for one in published:
            sums = totals.setdefault((one.knowledge_base_id, one.language), [0, 0, 0])
            for place, number in enumerate((1, one.passages, one.words)):
                sums[place] += number
        assert {
            (one.knowledge_base_id, one.language): [one.documents, one.passages, one.words]
            for one in await self.rows(LexicalTotal)
        } == totals


async def set_state(session: AsyncSession, document_id: UUID, state: str) -> None:
    await session.execute(update(Document).where(Document.id == document_id).values(state=state))
