"""What answers rest on. An answer that cites a document goes with it, and is hidden from who may not read it any more.

All SQL of it, within one tenant. A document that replaces another one takes over what rested on that.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, exists, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.answers.models import Answer, AnswerDocument
from services.ai.documents.access import Asker, readable_by
from services.ai.documents.models import Document

GONE = "documents_gone"
"""The reason of an answer that is not told any more."""
_RENAME = text("""
    UPDATE answer
    SET citations = CAST(replace(CAST(citations AS text), name.old, name.new) AS jsonb),
        sources = CAST(replace(CAST(sources AS text), name.old, name.new) AS jsonb)
    FROM (SELECT CAST(:document AS text) AS old, CAST(:heir AS text) AS new) name
    WHERE id IN (SELECT answer_id FROM answer_document WHERE document_id = CAST(name.old AS uuid))
""")
_TAKE_OUT_SOURCE = text("""
    UPDATE answer SET sources = (
        SELECT coalesce(jsonb_agg(source), '[]') FROM jsonb_array_elements(sources) source
        WHERE source ->> 'document_id' <> CAST(:document AS text)
    )
    WHERE id IN (SELECT answer_id FROM answer_document WHERE document_id = CAST(CAST(:document AS text) AS uuid))
""")


async def note(
    session: AsyncSession, tenant_id: UUID, answer_id: UUID, *, cited: Collection[UUID], given: Collection[UUID]
) -> frozenset[UUID]:
    """Keeps which documents an answer cites, and which were `given` to the model.

    Returns those that are still there, and stay until this transaction ends.
    """
    there = (
        select(Document.id)
        .where(Document.id.in_({*cited, *given}), Document.state == "ready")
        .order_by(Document.id)
        .with_for_update(read=True, key_share=True)
    )
    found = frozenset(await session.scalars(there))
    rows = [
        {"tenant_id": tenant_id, "answer_id": answer_id, "document_id": one, "cited": one in cited} for one in found
    ]
    if rows:
        await session.execute(insert(AnswerDocument).values(rows).on_conflict_do_nothing())
    return found


async def hidden_from(session: AsyncSession, asker: Asker, answers: Sequence[Answer]) -> frozenset[UUID]:
    """Those of the answers that cite what the asker may not read, or what is gone."""
    if not answers:
        return frozenset()
    readable = exists().where(
        Document.tenant_id == AnswerDocument.tenant_id,
        Document.id == AnswerDocument.document_id,
        Document.state == "ready",
        readable_by(asker),
    )
    hidden = select(AnswerDocument.answer_id).where(
        AnswerDocument.answer_id.in_([one.id for one in answers]), AnswerDocument.cited, ~readable
    )
    return frozenset(await session.scalars(hidden))


async def withdraw(session: AsyncSession, document_id: UUID) -> None:
    """Takes out of all answers what stood in a document that was removed before in this transaction."""
    citing = select(AnswerDocument.answer_id).where(AnswerDocument.document_id == document_id, AnswerDocument.cited)
    gone = {"text": "", "citations": [], "found": False, "reason": GONE}
    await session.execute(
        update(Answer).where(Answer.id.in_(citing)).values(gone).execution_options(synchronize_session=False)
    )
    await session.execute(_TAKE_OUT_SOURCE, {"document": str(document_id)})
    await _forget(session, document_id)


async def hand_over(session: AsyncSession, document_id: UUID, heir_id: UUID) -> None:
    """What rested on a document rests on the one that replaced it."""
    await session.execute(_RENAME, {"document": str(document_id), "heir": str(heir_id)})
    has_heir = select(AnswerDocument.answer_id).where(AnswerDocument.document_id == heir_id)
    rests = update(AnswerDocument).where(
        AnswerDocument.document_id == document_id, AnswerDocument.answer_id.not_in(has_heir)
    )
    await session.execute(rests.values(document_id=heir_id).execution_options(synchronize_session=False))
    await _forget(session, document_id)


async def _forget(session: AsyncSession, document_id: UUID) -> None:
    rows = delete(AnswerDocument).where(AnswerDocument.document_id == document_id)
    await session.execute(rows.execution_options(synchronize_session=False))
