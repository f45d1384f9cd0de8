"""Passages in their document."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.index.models import Passage


async def passages_around(
    session: AsyncSession, document_id: UUID, passage_id: UUID, *, neighbours: int
) -> Sequence[Passage]:
    """The passage with up to so many before and after it; none if the document has no such passage."""
    position = select(Passage.position).where(Passage.id == passage_id, Passage.document_id == document_id)
    middle = position.scalar_subquery()
    wanted = select(Passage).where(
        Passage.document_id == document_id, Passage.position.between(middle - neighbours, middle + neighbours)
    )
    return (await session.scalars(wanted.order_by(Passage.position))).all()
