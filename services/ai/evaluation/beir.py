"""Collections in BEIR's format, and how well the search does on them, by the same code that answers people.

A collection is a folder with `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and
`qrels/test.tsv` (question, document, judgement; the first line is a heading). See Thakur et al., BEIR, 2021.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Database
from libs.common.ids import new_id
from services.ai.documents.access import VISITOR
from services.ai.documents.models import Document
from services.ai.embeddings.port import Embeddings, Floats
from services.ai.evaluation.metrics import Measured, measured
from services.ai.extraction.cleaning import clean
from services.ai.extraction.values import Block, Extracted
from services.ai.index import writing
from services.ai.index.searching import search
from services.ai.knowledge.models import KnowledgeBase
from services.ai.passages.languages import language_of
from services.ai.passages.splitting import Passage, indexed_text, passages_of

Leg = Literal["lexical", "vector", "fused"]
LEGS: tuple[Leg, ...] = ("lexical", "vector", "fused")
DEPTH = 200
"""Passages that are asked for, so that a hundred documents are among them."""
AT_ONCE = 64
Progress = Callable[[str, int, int], None]
"""Is told of a stage, how much of it is done, and how much there is."""


class NoCollection(ValueError):
    """The folder holds no collection in BEIR's format."""


@dataclass(frozen=True, slots=True)
class Text:
    """A document of a collection."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, questions by id, and what is judged of which documents for each question."""

    documents: Sequence[Text]
    questions: Mapping[str, str]
    judgements: Mapping[str, Mapping[str, int]]


def read_collection(folder: Path, *, limit: int | None = None) -> Collection:
    """Reads a collection; with `limit` that of its first documents alone, with the questions that they answer.

    Raises:
        NoCollection
    """
    try:
        documents = [Text(row["_id"], row.get("title") or "", row["text"]) for row in _rows(folder / "corpus.jsonl")]
        questions = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl")}
        judgements = _judgements(folder / "qrels" / "test.tsv")
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise NoCollection(f"{folder} holds no collection in BEIR's format: {error}") from error
    documents = documents[:limit]
    there = {document.id for document in documents}
    judged = {
        question: {document: gain for document, gain in gains.items() if document in there}
        for question, gains in judgements.items()
        if question in questions
    }
    answered = {question: gains for question, gains in judged.items() if max(gains.values(), default=0) > 0}
    if not answered:
        raise NoCollection(f"{folder} has no question that a document answers")
    return Collection(documents, {question: questions[question] for question in answered}, answered)


async def evaluate(
    database: Database, embeddings: Embeddings, collection: Collection, *, progress: Progress = lambda *_: None
) -> Mapping[Leg, Measured]:
    """Makes a knowledge base of the collection, as ingestion would, for a tenant of its own, and asks all questions.

    A document is ranked by its best passage. What is written stays in `database`.

    Raises:
        EmbeddingsUnavailable, EmbeddingsFailed, SQLAlchemyError
    """
    tenant_id = new_id()
    async with database.tenant_session(tenant_id) as session:
        base_id = await _add_base(session, tenant_id, embeddings.model)
    ids: dict[UUID, str] = {}
    for start in range(0, len(collection.documents), AT_ONCE):
        some = collection.documents[start : start + AT_ONCE]
        embedded = await _embedded(some, embeddings)  # which takes longer than a transaction may wait
        async with database.tenant_session(tenant_id) as session:
            for text, passages, vectors in embedded:
                document = _document(base_id, tenant_id, text)
                session.add(document)
                await session.flush()
                passage_ids = await writing.add_passages(session, document, passages)
                await writing.add_vectors(session, document, passage_ids, vectors, model=embeddings.model)
                await writing.publish(session, document)
                ids[document.id] = text.id
        progress("documents", start + len(some), len(collection.documents))
    rankings: dict[Leg, dict[str, list[str]]] = {leg: {} for leg in LEGS}
    for number, (question, words) in enumerate(collection.questions.items(), 1):
        [vector] = await embeddings.embed([words])
        async with database.tenant_session(tenant_id) as session:
            for leg in LEGS:
                found = await search(
                    session,
                    asker=VISITOR,
                    knowledge_base_ids=[base_id],
                    query="" if leg == "vector" else words,
                    query_vector=None if leg == "lexical" else vector,
                    model=embeddings.model,
                    language=language_of(words),
                    limit=DEPTH,
                )
                rankings[leg][question] = list(dict.fromkeys(ids[one.document_id] for one in found))
        progress("questions", number, len(collection.questions))
    return {leg: measured(rankings[leg], collection.judgements) for leg in LEGS}


async def _add_base(session: AsyncSession, tenant_id: UUID, model: str) -> UUID:
    base = KnowledgeBase(
        tenant_id=tenant_id,
        id=new_id(),
        name="evaluation",
        description="",
        embedding_model=model,
        state="active",
        last_change=0,
        created_at=datetime.now(UTC),
    )
    session.add(base)
    await session.flush()
    return base.id


async def _embedded(texts: Sequence[Text], embeddings: Embeddings) -> list[tuple[Text, list[Passage], Floats]]:
    """Each document with its passages and their vectors."""
    passages = [
        passages_of(_extracted(one), embeddings.count_tokens, most_tokens=embeddings.most_tokens) for one in texts
    ]
    vectors = await embeddings.embed([indexed_text(passage) for some in passages for passage in some])
    starts = accumulate((len(some) for some in passages), initial=0)
    return [
        (text, some, vectors[start : start + len(some)])
        for text, some, start in zip(texts, passages, starts, strict=False)
    ]


def _document(base_id: UUID, tenant_id: UUID, text: Text) -> Document:
    now = datetime.now(UTC)
    return Document(
        tenant_id=tenant_id,
        id=new_id(),
        knowledge_base_id=base_id,
        name=text.title or text.id,
        content_type="text/plain",
        size=len(text.text),
        sha256="",
        language=language_of(text.text),
        audience="everyone",
        state="ready",
        uploader_id=tenant_id,
        created_at=now,
        updated_at=now,
    )


def _extracted(text: Text) -> Extracted:
    title = clean(text.title)
    heading = [Block("heading", title, level=1)] if title else []
    paragraphs = [Block("paragraph", one) for one in clean(text.text).split("\n") if one]
    return Extracted(blocks=(*heading, *paragraphs), pages=None, title=title or None, findings=())


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open("rb") as file:
        return [orjson.loads(line) for line in file if line.strip()]


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    judgements: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for question, document, gain in islice(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1, None):
            judgements.setdefault(question, {})[document] = int(gain)
    return judgements
