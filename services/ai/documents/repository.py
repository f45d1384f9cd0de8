"""All SQL of documents, within one tenant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.ai.context import CHANGES
from services.ai.documents.access import Asker, readable_by
from services.ai.documents.models import Document, DocumentReader
from services.ai.knowledge.models import KnowledgeBase

LIVING = Document.state != "deleting"


async def add(session: AsyncSession, document: Document) -> None:
    """With the next change of its knowledge base."""
    document.version = await _next_change(session, document.knowledge_base_id)
    session.add(document)
    await session.flush()


async def find(session: AsyncSession, knowledge_base_id: UUID, document_id: UUID) -> Document | None:
    found: Document | None = await session.scalar(
        select(Document).where(Document.id == document_id, Document.knowledge_base_id == knowledge_base_id, LIVING)
    )
    return found


async def find_readable(
    session: AsyncSession, knowledge_base_id: UUID, document_id: UUID, asker: Asker
) -> Document | None:
    """The document, if the asker may read it."""
    wanted = select(Document).where(Document.id == document_id, Document.knowledge_base_id == knowledge_base_id)
    found: Document | None = await session.scalar(wanted.where(LIVING, readable_by(asker)))
    return found


async def find_content(
    session: AsyncSession, knowledge_base_id: UUID, sha256: str, *, seen_by: ColumnElement[bool]
) -> UUID | None:
    """A document with just this content, unless it failed."""
    same = select(Document.id).where(
        Document.knowledge_base_id == knowledge_base_id,
        Document.sha256 == sha256,
        seen_by,
        Document.state.not_in(("uploading", "failed", "deleting")),
    )
    found: UUID | None = await session.scalar(same.limit(1))
    return found


async def page(
    session: AsyncSession,
    knowledge_base_id: UUID,
    *,
    seen_by: ColumnElement[bool],
    state: str | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Document]:
    """The newest first; those made before the one with the id `before`."""
    wanted = select(Document).where(Document.knowledge_base_id == knowledge_base_id, LIVING, seen_by)
    if state is not None:
        wanted = wanted.where(Document.state == state)
    if before is not None:
        wanted = wanted.where(Document.id < before)
    return (await session.scalars(wanted.order_by(Document.id.desc()).limit(limit))).all()


async def changed(
    session: AsyncSession, knowledge_base_id: UUID, *, seen_by: ColumnElement[bool], after: int, limit: int
) -> Sequence[Document]:
    """Documents as they are now that changed after the change `after`, in the order of their last change."""
    wanted = select(Document).where(Document.knowledge_base_id == knowledge_base_id, Document.version > after, seen_by)
    return (await session.scalars(wanted.order_by(Document.version).limit(limit))).all()


async def readers_of(session: AsyncSession, document_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[DocumentReader]]:
    found = await session.scalars(select(DocumentReader).where(DocumentReader.document_id.in_(document_ids)))
    readers: dict[UUID, list[DocumentReader]] = {}
    for reader in found:
        readers.setdefault(reader.document_id, []).append(reader)
    return readers


async def readable_among(session: AsyncSession, document_ids: Sequence[UUID], asker: Asker) -> frozenset[UUID]:
    """Those of the documents that the asker may read."""
    found = await session.scalars(select(Document.id).where(Document.id.in_(document_ids), readable_by(asker)))
    return frozenset(found)


async def set_readers(
    session: AsyncSession, document: Document, *, roles: Sequence[str], user_ids: Sequence[UUID]
) -> None:
    """In place of those before."""
    await session.execute(delete(DocumentReader).where(DocumentReader.document_id == document.id))
    named = [(role, None) for role in dict.fromkeys(roles)]
    people = [(None, user_id) for user_id in dict.fromkeys(user_ids)]
    for role, user_id in (*named, *people):
        session.add(
            DocumentReader(
                tenant_id=document.tenant_id, id=new_id(), document_id=document.id, role=role, user_id=user_id
            )
        )
    await session.flush()


async def change(
    session: AsyncSession, document: Document, *, state: str | None = None, now: datetime, **values: object
) -> bool:
    """Writes `values`, and the new `state`, and wakes who works or follows; False if the document moved on meanwhile.

    It is compared by its state and its fence, as they were when `document` was read.
    """
    version = await _next_change(session, document.knowledge_base_id)
    written = (
        update(Document)
        .where(Document.id == document.id, Document.state == document.state, Document.fence == document.fence)
        .values(state=state or document.state, version=version, updated_at=now, **values)
        .returning(Document.id)
        .execution_options(synchronize_session=False)
    )
    if await session.scalar(written) is None:
        return False
    await ring(session)
    return True


async def begin_deletion_of_all(session: AsyncSession, knowledge_base_id: UUID, *, now: datetime) -> None:
    """Every document of a knowledge base is found no more, and deleted soon."""
    version = await _next_change(session, knowledge_base_id)
    await session.execute(
        update(Document)
        .where(Document.knowledge_base_id == knowledge_base_id, LIVING)
        .values(state="deleting", fence=Document.fence + 1, failures=0, due_at=now, version=version, updated_at=now)
    )
    await ring(session)


async def remove(session: AsyncSession, document_id: UUID) -> int | None:
    """Forgets a document that is being deleted; returns its `counted_bytes`, or None if it was forgotten before."""
    gone = delete(Document).where(Document.id == document_id, Document.state == "deleting")
    counted: int | None = await session.scalar(gone.returning(Document.counted_bytes))
    return counted


async def replacement_of(session: AsyncSession, document_id: UUID) -> UUID | None:
    """The document that took the place of this one; None if none did."""
    found: UUID | None = await session.scalar(
        select(Document.id).where(Document.replaces == document_id, Document.state == "ready")
    )
    return found


async def remove_empty_base(session: AsyncSession, knowledge_base_id: UUID) -> None:
    """Forgets a knowledge base that is being deleted, with its last document."""
    left = select(Document.id).where(Document.knowledge_base_id == knowledge_base_id).exists()
    await session.execute(
        delete(KnowledgeBase).where(KnowledgeBase.id == knowledge_base_id, KnowledgeBase.state == "deleting", ~left)
    )


async def bytes_on_their_way(session: AsyncSession) -> int:
    """What the tenant has uploaded that is not counted as its use of storage yet."""
    waiting = select(func.coalesce(func.sum(Document.size), 0)).where(
        Document.counted_bytes == 0, Document.state.in_(("queued", "extracting"))
    )
    return int(await session.scalar(waiting) or 0)


async def ring(session: AsyncSession) -> None:
    """Wakes the worker and the followers, once this is committed."""
    await session.execute(select(func.pg_notify(CHANGES, "")))


async def _next_change(session: AsyncSession, knowledge_base_id: UUID) -> int:
    """The row's lock, which is held until the commit, makes the order of numbers that of the commits."""
    taken = (
        update(KnowledgeBase)
        .where(KnowledgeBase.id == knowledge_base_id)
        .values(last_change=KnowledgeBase.last_change + 1)
        .returning(KnowledgeBase.last_change)
        .execution_options(synchronize_session=False)
    )
    return int((await session.execute(taken)).scalar_one())
