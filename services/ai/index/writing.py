"""What ingestion writes to the index and takes out of it, within the tenant's transaction.

Nothing written here is found before the document's state is `ready`. `publish` and `forget` lock the knowledge base's
index until the transaction ends; whoever calls them does so before changing documents' rows in that transaction, so
that all take their locks in one order.
"""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.ai.documents.models import Document
from services.ai.index import lexical_repository as words
from services.ai.index import repository
from services.ai.index.repository import MissingVector
from services.ai.index.values import written
from services.ai.index.words import configuration_of
from services.ai.passages.splitting import Passage

_PASSAGES_AT_ONCE = 1000
_VECTORS_AT_ONCE = 250
_DROPPED_AT_ONCE = 20_000
Vectors = NDArray[np.float32]


async def add_passages(session: AsyncSession, document: Document, passages: Sequence[Passage]) -> list[UUID]:
    """Writes the passages of a document that has none at these positions; returns their ids."""
    ids = [new_id() for _ in passages]
    rows = [
        {
            "id": passage_id,
            "position": passage.position,
            "text": passage.text,
            "headings": passage.headings,
            "page_from": passage.page_from,
            "page_to": passage.page_to,
            "tokens": passage.tokens,
        }
        for passage_id, passage in zip(ids, passages, strict=True)
    ]
    for start in range(0, len(rows), _PASSAGES_AT_ONCE):
        await repository.add_passages(session, document, rows[start : start + _PASSAGES_AT_ONCE])
    return ids


async def passages_without_vectors(
    session: AsyncSession, document_id: UUID, *, model: str, limit: int
) -> list[tuple[UUID, str]]:
    """Up to `limit` passages of a document that have no vector of `model`: id, and the text to embed."""
    missing = await repository.missing_vectors_of_document(session, document_id, model=model, limit=limit)
    return [(one.passage_id, one.text) for one in missing]


async def vectors_missing(
    session: AsyncSession, knowledge_base_id: UUID, model: str, limit: int
) -> list[MissingVector]:
    """Up to `limit` passages of a knowledge base's ready documents that have no vector of `model`."""
    return await repository.missing_vectors_of_base(session, knowledge_base_id, model=model, limit=limit)


async def add_vectors(
    session: AsyncSession, document: Document, passage_ids: Sequence[UUID], vectors: Vectors, *, model: str
) -> None:
    """Gives passages of `document` their vectors of shape (passages, dimensions), each of length 1.

    A passage that has one of `model` keeps it; one that is gone meanwhile gets none.
    """
    base = (document.tenant_id, document.knowledge_base_id)
    await _add_vectors(session, base, passage_ids, vectors, model=model)


async def add_missing_vectors(
    session: AsyncSession,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    missing: Sequence[MissingVector],
    vectors: Vectors,
    *,
    model: str,
) -> None:
    """Gives the passages that `vectors_missing` told of their vectors, as `add_vectors` does."""
    passage_ids = [one.passage_id for one in missing]
    await _add_vectors(session, (tenant_id, knowledge_base_id), passage_ids, vectors, model=model)


async def drop_vectors(session: AsyncSession, knowledge_base_id: UUID, *, besides: str) -> None:
    """Deletes the vectors of every model but one, once the knowledge base is searched by that one."""
    while await repository.drop_vectors(session, knowledge_base_id, besides=besides, limit=_DROPPED_AT_ONCE):
        pass


async def publish(session: AsyncSession, document: Document) -> bool:
    """Writes the words of the document's passages in its language, in place of those it had, and counts them.

    False, and nothing is written, where the document is gone or being deleted.
    """
    await words.lock(session, document.knowledge_base_id)
    state = await repository.state_of(session, document.id)
    if state is None or state == "deleting":
        return False
    await words.withdraw(session, document.id)
    language = document.language or "en"
    for piece in range(await words.pieces(session, document.id)):
        await words.write(session, [document.id], piece=piece, configuration=configuration_of(language))
    await words.count(session, [document.id], language=language)
    return True


async def forget(session: AsyncSession, document_id: UUID) -> None:
    """Removes passages, vectors and words of a document, and takes it out of the counts."""
    knowledge_base_id = await repository.base_of(session, document_id)
    if knowledge_base_id is None:
        return
    await words.lock(session, knowledge_base_id)
    await words.withdraw(session, document_id)
    await repository.delete_passages(session, knowledge_base_id, document_id)


async def _add_vectors(
    session: AsyncSession, base: tuple[UUID, UUID], passage_ids: Sequence[UUID], vectors: Vectors, *, model: str
) -> None:
    texts = [written(one) for one in vectors]
    for start in range(0, len(texts), _VECTORS_AT_ONCE):
        some = slice(start, start + _VECTORS_AT_ONCE)
        await repository.add_vectors(session, *base, passage_ids[some], texts[some], model=model)
