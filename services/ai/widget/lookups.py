"""Whose widget is this? Returns ids only."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.widget.models import Widget


@dataclass(frozen=True, slots=True)
class Owner:
    """The ids of a widget."""

    tenant_id: UUID
    widget_id: UUID


async def owner_of(session: AsyncSession, key: str) -> Owner | None:
    row = (await session.execute(select(Widget.tenant_id, Widget.id).where(Widget.key == key))).first()
    return None if row is None else Owner(row[0], row[1])
