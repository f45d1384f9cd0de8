"""Who may see and change a conversation."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.assistants import repository as assistants
from services.messaging.conversations import repository
from services.messaging.conversations.errors import (
    AdminRequired,
    ConversationArchived,
    ConversationNotFound,
    DirectConversation,
    MembershipEnded,
    NotInBusiness,
)
from services.messaging.conversations.repository import Place
from services.messaging.members import repository as business
from services.messaging.stream import repository as streams
from services.messaging.stream.service import open_stream

Role = Literal["member", "assistant"]


async def see(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> Place:
    """The conversation, for someone who takes part.

    Raises:
        ConversationNotFound: they take no part, or there is none.
    """
    place = await repository.find_place(session, conversation_id, user_id)
    if place is None:
        raise ConversationNotFound
    return place


async def hold(
    session: AsyncSession,
    conversation_id: UUID,
    user_id: UUID,
    *,
    admin: bool = False,
    archived_too: bool = False,
    direct_too: bool = True,
) -> Place:
    """The conversation, locked, for someone who takes part and wants to change it.

    Raises:
        ConversationNotFound: they take no part, or there is none.
        DirectConversation: not `direct_too`, and it is one.
        AdminRequired: `admin`, and they are not one.
        ConversationArchived: not `archived_too`, and it is.
    """
    await streams.hold(session, conversation_id)
    place = await see(session, conversation_id, user_id)
    if not direct_too and place.conversation.kind == "direct":
        raise DirectConversation
    if admin and place.member.role != "admin":
        raise AdminRequired
    if not archived_too and place.conversation.archived_at is not None:
        raise ConversationArchived
    return place


async def welcome(
    session: AsyncSession, tenant_id: UUID, user_id: UUID, *invited: UUID, pointer: str = ""
) -> Mapping[UUID, Role]:
    """Sees that a person may act in the business, and that those whom they invite work in it. Call it before `hold`.

    Returns what those become whom they invite: members, or assistants. Auth may not have told of the one who acts yet:
    their token vouches for them.

    Raises:
        MembershipEnded: auth has told that they left the business.
        NotInBusiness: with a pointer below `pointer` to the first of `invited` who does not work there.
    """
    active = await business.hold(session, {user_id, *invited})
    if not active.get(user_id, True):
        raise MembershipEnded
    assisting = await assistants.hold(session, {*invited} - active.keys())
    for index, other in enumerate(invited):
        if other != user_id and other not in assisting and not active.get(other, False):
            raise NotInBusiness(f"{pointer}/{index}")
    await open_stream(session, tenant_id, user_id)
    return {one: "assistant" if one in assisting else "member" for one in invited}
