"""All SQL of assistants and of their part in conversations."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.assistants.models import Assistant
from services.messaging.conversations.models import Conversation
from services.messaging.conversations.models import ConversationMember as Member
from services.messaging.members.models import TenantMember

ROLE = "assistant"
"""What an assistant is in a conversation, where a person is an admin or a member."""


@dataclass(frozen=True, slots=True)
class Present:
    """An assistant in a conversation. It is `silent` where people have taken over."""

    id: UUID
    silent: bool


async def keep_newest(
    session: AsyncSession, *, tenant_id: UUID, assistant_id: UUID, active: bool, version: int
) -> bool:
    """Takes over what ai says of an assistant; False if something newer is known."""
    row = insert(Assistant).values(tenant_id=tenant_id, id=assistant_id, active=active, version=version)
    taken = row.on_conflict_do_update(
        index_elements=[Assistant.tenant_id, Assistant.id],
        set_={"active": row.excluded.active, "version": row.excluded.version},
        where=Assistant.version < row.excluded.version,
    ).returning(Assistant.id)
    return await session.scalar(taken) is not None


async def hold(session: AsyncSession, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of `ids` that are assistants; they stay so until the session ends. Comes before any stream is locked."""
    if not ids:
        return frozenset()
    wanted = select(Assistant.id).where(Assistant.id.in_(ids), Assistant.active).order_by(Assistant.id)
    return frozenset(await session.scalars(wanted.with_for_update(read=True)))


async def is_known(session: AsyncSession, assistant_id: UUID) -> bool:
    """Whether there is such an assistant, or was."""
    return await session.scalar(select(Assistant.id).where(Assistant.id == assistant_id)) is not None


async def present(session: AsyncSession, conversation_id: UUID) -> Sequence[Present]:
    """The assistants that take part, in the order in which they came."""
    wanted = select(Member.user_id, Member.silent).where(Member.conversation_id == conversation_id, Member.role == ROLE)
    rows = await session.execute(wanted.order_by(Member.joined_at, Member.user_id))
    return [Present(row.user_id, row.silent) for row in rows]


async def set_silent(session: AsyncSession, conversation_id: UUID, ids: Collection[UUID], *, silent: bool) -> None:
    """Who asked holds the conversation's stream, so that this is in the order of its messages."""
    await session.execute(
        update(Member)
        .where(Member.conversation_id == conversation_id, Member.user_id.in_(ids), Member.role == ROLE)
        .values(silent=silent)
        .execution_options(synchronize_session=False)
    )


async def find_place(
    session: AsyncSession, conversation_id: UUID, assistant_id: UUID
) -> Row[Conversation, bool] | None:
    """The conversation, and whether the assistant is silent there; None where it takes no part."""
    wanted = select(Conversation, Member.silent).join(
        Member, and_(Member.tenant_id == Conversation.tenant_id, Member.conversation_id == Conversation.id)
    )
    is_it = (Conversation.id == conversation_id, Member.user_id == assistant_id, Member.role == ROLE)
    return (await session.execute(wanted.where(*is_it))).one_or_none()


async def people(session: AsyncSession, conversation_id: UUID) -> Sequence[Row[UUID, str | None]]:
    """The people who take part, with their roles in the business, where auth has told of them."""
    known = and_(TenantMember.tenant_id == Member.tenant_id, TenantMember.user_id == Member.user_id)
    wanted = select(Member.user_id, TenantMember.role).outerjoin(TenantMember, known).where(_person(conversation_id))
    return (await session.execute(wanted.order_by(Member.user_id))).all()


def _person(conversation_id: UUID) -> ColumnElement[bool]:
    return (Member.conversation_id == conversation_id) & (Member.role != ROLE)
