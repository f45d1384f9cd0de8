"""All SQL of findings."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.safety.models import DocumentFinding


async def replace(session: AsyncSession, document_id: UUID, findings: Sequence[DocumentFinding]) -> None:
    """Puts `findings` in the place of those that the document has."""
    await session.execute(delete(DocumentFinding).where(DocumentFinding.document_id == document_id))
    session.add_all(findings)
    await session.flush()


async def page(session: AsyncSession, document_id: UUID, *, after: int | None, limit: int) -> Sequence[DocumentFinding]:
    """In the order in which they were noticed; those after the one with the number `after`."""
    wanted = select(DocumentFinding).where(DocumentFinding.document_id == document_id)
    if after is not None:
        wanted = wanted.where(DocumentFinding.number > after)
    return (await session.scalars(wanted.order_by(DocumentFinding.number).limit(limit))).all()
