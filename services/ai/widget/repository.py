"""All SQL of widgets, within one tenant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.widget.models import Widget, WidgetQuestion


async def add(session: AsyncSession, widget: Widget) -> None:
    session.add(widget)
    await session.flush()


async def find(session: AsyncSession, widget_id: UUID) -> Widget | None:
    found: Widget | None = await session.scalar(select(Widget).where(Widget.id == widget_id))
    return found


async def lock(session: AsyncSession, widget_id: UUID) -> Widget | None:
    """The widget, whose questions nobody else counts until the commit."""
    found: Widget | None = await session.scalar(select(Widget).where(Widget.id == widget_id).with_for_update())
    return found


async def page(session: AsyncSession, *, before: UUID | None, limit: int) -> Sequence[Widget]:
    """The newest first."""
    wanted = select(Widget).order_by(Widget.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(Widget.id < before)
    return (await session.scalars(wanted)).all()


async def change(session: AsyncSession, widget_id: UUID, values: Mapping[str, object]) -> bool:
    """False if there is none."""
    changed = update(Widget).where(Widget.id == widget_id).values(**values).returning(Widget.id)
    return await session.scalar(changed.execution_options(synchronize_session=False)) is not None


async def remove(session: AsyncSession, widget_id: UUID) -> bool:
    """False if there is none."""
    gone = delete(Widget).where(Widget.id == widget_id).returning(Widget.id)
    return await session.scalar(gone) is not None


async def count_questions(
    session: AsyncSession, widget_id: UUID, *, since: datetime, visitor: bytes | None = None
) -> int:
    """Those of a visitor, or all."""
    wanted = select(func.count()).where(WidgetQuestion.widget_id == widget_id, WidgetQuestion.created_at >= since)
    if visitor is not None:
        wanted = wanted.where(WidgetQuestion.visitor == visitor)
    return int(await session.scalar(wanted) or 0)


async def add_question(session: AsyncSession, question: WidgetQuestion) -> None:
    session.add(question)
    await session.flush()
