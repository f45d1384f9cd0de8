"""All SQL of passages and their vectors, as they are written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import Select, delete, exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.documents.models import Document
from services.ai.index.models import Passage, PassageVector
from services.ai.index.nearest.port import StoredVector
from services.ai.index.scope import one_of
from services.ai.index.values import Place
from services.ai.knowledge.models import KnowledgeBase
from services.ai.passages.splitting import indexed_text

_ADD_PASSAGES = text("""
    INSERT INTO passage (tenant_id, knowledge_base_id, document_id, id, position, text, headings, page_from, page_to,
                         tokens)
    SELECT :tenant, :base, :document, id, position, text, headings, page_from, page_to, tokens
    FROM json_to_recordset(CAST(CAST(:passages AS text) AS json)) AS made(
        id uuid, position integer, text text, headings text[], page_from integer, page_to integer, tokens integer
    )
""")
# A vector takes its place from its passage, so that none is written whose passage is gone.
_ADD_VECTORS = text("""
    INSERT INTO passage_vector (tenant_id, knowledge_base_id, document_id, passage_id, position, model, dimensions,
                                embedding)
    SELECT p.tenant_id, p.knowledge_base_id, p.document_id, p.id, p.position, :model, vector_dims(made.embedding),
           made.embedding
    FROM (
        SELECT id, CAST(vector AS halfvec) AS embedding
        FROM unnest(CAST(:ids AS uuid[]), CAST(:vectors AS text[])) AS given(id, vector)
    ) made
    JOIN passage p ON p.tenant_id = :tenant AND p.id = made.id AND p.knowledge_base_id = :base
    ON CONFLICT (tenant_id, passage_id, model) DO NOTHING
""")
_STORED_VECTORS = text("""
    SELECT document_id, position, dimensions, CAST(embedding AS text) AS written
    FROM passage_vector
    WHERE knowledge_base_id = :base AND model = :model
      AND (document_id, position) > (CAST(:document AS uuid), CAST(:position AS integer))
      AND (CAST(:only AS uuid) IS NULL OR document_id = CAST(:only AS uuid))
    ORDER BY document_id, position LIMIT :limit
""")
_DROP_VECTORS = text("""
    WITH dropped AS (
        DELETE FROM passage_vector v
        USING (
            SELECT tenant_id, passage_id, model FROM passage_vector
            WHERE knowledge_base_id = :base AND model <> :besides
            LIMIT :limit
        ) doomed
        WHERE v.tenant_id = doomed.tenant_id AND v.passage_id = doomed.passage_id AND v.model = doomed.model
        RETURNING 1
    )
    SELECT count(*) FROM dropped
""")


@dataclass(frozen=True, slots=True)
class MissingVector:
    """A passage without a vector of some model; `text` is what is to be embedded."""

    document_id: UUID
    passage_id: UUID
    text: str


async def add_passages(session: AsyncSession, document: Document, rows: Sequence[Mapping[str, object]]) -> None:
    values = {"tenant": document.tenant_id, "base": document.knowledge_base_id, "document": document.id}
    await session.execute(_ADD_PASSAGES, {**values, "passages": orjson.dumps(rows).decode()})


async def add_vectors(
    session: AsyncSession,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    passage_ids: Sequence[UUID],
    vectors: Sequence[str],
    *,
    model: str,
) -> None:
    """`vectors` are written as pgvector reads them: `[0.1,0.2]`. Those that are there stay."""
    values = {"tenant": tenant_id, "base": knowledge_base_id, "ids": list(passage_ids), "vectors": list(vectors)}
    await session.execute(_ADD_VECTORS, {**values, "model": model})


async def missing_vectors_of_document(
    session: AsyncSession, document_id: UUID, *, model: str, limit: int
) -> list[MissingVector]:
    """In the order of the document."""
    wanted = _without_vector(model).where(Passage.document_id == document_id).order_by(Passage.position)
    return await _missing_vectors(session, wanted.limit(limit))


async def missing_vectors_of_base(
    session: AsyncSession, knowledge_base_id: UUID, *, model: str, limit: int
) -> list[MissingVector]:
    """Of documents that are found, in no order."""
    ready = select(Document.id).where(Document.knowledge_base_id == knowledge_base_id, Document.state == "ready")
    wanted = _without_vector(model).where(Passage.document_id.in_(ready))
    return await _missing_vectors(session, wanted.limit(limit))


async def drop_vectors(session: AsyncSession, knowledge_base_id: UUID, *, besides: str, limit: int) -> int:
    """Deletes up to `limit` vectors of other models than `besides`; returns how many."""
    values = {"base": knowledge_base_id, "besides": besides, "limit": limit}
    return int(await session.scalar(_DROP_VECTORS, values) or 0)


async def stored_vectors(
    session: AsyncSession,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    *,
    model: str,
    after: Place,
    document_id: UUID | None,
    limit: int,
) -> list[StoredVector]:
    """The vectors of a knowledge base, or of one of its documents, in the order of their places."""
    values = {"base": knowledge_base_id, "model": model, "limit": limit, "only": document_id}
    rows = await session.execute(_STORED_VECTORS, {**values, "document": after.document_id, "position": after.position})
    return [
        StoredVector(
            tenant_id=tenant_id,
            knowledge_base_id=knowledge_base_id,
            document_id=row.document_id,
            position=row.position,
            model=model,
            dimensions=row.dimensions,
            written=row.written,
        )
        for row in rows
    ]


async def living(session: AsyncSession, document_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the documents that are neither gone nor being deleted."""
    there = select(Document.id).where(one_of(Document.id, "documents"), Document.state != "deleting")
    return frozenset(await session.scalars(there, {"documents": list(document_ids)}))


async def models_of(session: AsyncSession, knowledge_base_id: UUID) -> list[str]:
    """The embedding model by which a knowledge base is searched, and the one that it moves to, if it does."""
    wanted = select(KnowledgeBase.embedding_model, KnowledgeBase.next_embedding_model)
    row = (await session.execute(wanted.where(KnowledgeBase.id == knowledge_base_id))).one_or_none()
    return [] if row is None else [model for model in row if model is not None]


async def delete_passages(session: AsyncSession, knowledge_base_id: UUID, document_id: UUID) -> None:
    """With their vectors."""
    vectors = delete(PassageVector).where(
        PassageVector.knowledge_base_id == knowledge_base_id, PassageVector.document_id == document_id
    )
    await session.execute(vectors.execution_options(synchronize_session=False))
    passages = delete(Passage).where(Passage.document_id == document_id)
    await session.execute(passages.execution_options(synchronize_session=False))


async def base_of(session: AsyncSession, document_id: UUID) -> UUID | None:
    """The knowledge base of a document; None if the document is gone."""
    found: UUID | None = await session.scalar(select(Document.knowledge_base_id).where(Document.id == document_id))
    return found


async def state_of(session: AsyncSession, document_id: UUID) -> str | None:
    """As it is now; None if the document is gone."""
    found: str | None = await session.scalar(select(Document.state).where(Document.id == document_id))
    return found


def _without_vector(model: str) -> "Select[UUID, UUID, str, list[str]]":
    has_one = exists().where(
        PassageVector.tenant_id == Passage.tenant_id,
        PassageVector.passage_id == Passage.id,
        PassageVector.model == model,
    )
    return select(Passage.id, Passage.document_id, Passage.text, Passage.headings).where(~has_one)


async def _missing_vectors(session: AsyncSession, wanted: "Select[UUID, UUID, str, list[str]]") -> list[MissingVector]:
    return [MissingVector(row.document_id, row.id, indexed_text(row)) for row in await session.execute(wanted)]
