"""All SQL of drafts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.drafts.models import Draft


async def find(session: AsyncSession, user_id: UUID, conversation_id: UUID, place_id: UUID) -> Draft | None:
    found: Draft | None = await session.scalar(select(Draft).where(_is(user_id, conversation_id, place_id)))
    return found


async def keep(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    user_id: UUID,
    conversation_id: UUID,
    place_id: UUID,
    text: bytes,
    now: datetime,
) -> None:
    """Writes the draft of a place, or writes it anew."""
    row = insert(Draft).values(
        tenant_id=tenant_id,
        user_id=user_id,
        conversation_id=conversation_id,
        place_id=place_id,
        text=text,
        updated_at=now,
    )
    key = [Draft.tenant_id, Draft.user_id, Draft.conversation_id, Draft.place_id]
    new = {"text": row.excluded.text, "updated_at": row.excluded.updated_at}
    await session.execute(row.on_conflict_do_update(index_elements=key, set_=new))


async def forget(session: AsyncSession, user_id: UUID, conversation_id: UUID, place_id: UUID) -> bool:
    """False if there was none."""
    gone = delete(Draft).where(_is(user_id, conversation_id, place_id)).returning(Draft.place_id)
    return await session.scalar(gone.execution_options(synchronize_session=False)) is not None


async def forget_all(session: AsyncSession, user_id: UUID, conversation_id: UUID) -> None:
    """Deletes what a person has begun to write anywhere in a conversation."""
    mine = delete(Draft).where(Draft.user_id == user_id, Draft.conversation_id == conversation_id)
    await session.execute(mine.execution_options(synchronize_session=False))


def _is(user_id: UUID, conversation_id: UUID, place_id: UUID) -> ColumnElement[bool]:
    mine = (Draft.user_id == user_id) & (Draft.conversation_id == conversation_id)
    return mine & (Draft.place_id == place_id)
