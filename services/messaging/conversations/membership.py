"""Who takes part in a conversation: adding, leaving, roles."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.assistants import repository as assistants
from services.messaging.conversations import access, repository
from services.messaging.conversations import member_repository as people
from services.messaging.conversations.errors import (
    ConversationArchived,
    ConversationNotFound,
    LastAdmin,
    MemberNotFound,
)
from services.messaging.drafts import repository as drafts
from services.messaging.members import repository as business
from services.messaging.notifications.models import NotificationKind
from services.messaging.notifications.service import notify
from services.messaging.stream.service import Change, append_all, append_to_each


async def add_people(
    session: AsyncSession,
    tenant_id: UUID,
    conversation_id: UUID,
    roles: Mapping[UUID, str],
    *,
    by: UUID,
    now: datetime,
    notified: bool = True,
) -> None:
    """Adds those who do not take part yet, and tells the conversation and each of them.

    Those whom someone else added are notified of it too, if they are to be.
    """
    added = await people.add(session, tenant_id, conversation_id, roles, now=now)
    new = [user_id for user_id in roles if user_id in added]
    told = await append_all(session, tenant_id, conversation_id, [_added(one, roles[one], by) for one in new])
    joined = {
        user_id: Change(
            kind="conversation.joined",
            data={"conversation_id": conversation_id, "stream_seq": position.seq},
            actor_id=by,
        )
        for user_id, position in zip(new, told, strict=True)
    }
    await append_to_each(session, tenant_id, joined)
    if notified and told:
        others: dict[UUID, NotificationKind] = {
            user_id: "added_to_conversation" for user_id in new if user_id != by and roles[user_id] != assistants.ROLE
        }
        cause = f"added_to_conversation:{conversation_id}:{told[-1].seq}"
        await notify(session, tenant_id, others, cause=cause, data={"conversation_id": conversation_id, "by": by})


async def take_out(
    session: AsyncSession, tenant_id: UUID, conversation_id: UUID, user_id: UUID, *, kind: str, by: UUID
) -> bool:
    """Takes a person out, with what they had begun to write there; False if they took no part.

    Where the last admin goes, whoever has taken part for the longest time becomes one. The person's own stream is told
    by the caller (`left`), after the streams of all conversations concerned.
    """
    if not await people.remove(session, conversation_id, user_id):
        return False
    await drafts.forget_all(session, user_id, conversation_id)
    changes = [Change(kind="member.removed", data={"user_id": user_id, "by": by}, actor_id=by)]
    if kind != "direct" and (heir := await _heir(session, conversation_id, user_id)) is not None:
        await people.set_role(session, conversation_id, heir, "admin")
        changes.append(_role_changed(heir, "admin", by))
    await append_all(session, tenant_id, conversation_id, changes)
    return True


def left(conversation_id: UUID, by: UUID) -> Change:
    """What the own stream of a person says who is in the conversation no more."""
    return Change(kind="conversation.left", data={"conversation_id": conversation_id}, actor_id=by)


async def change_role(
    session: AsyncSession, tenant_id: UUID, conversation_id: UUID, user_id: UUID, role: str, *, by: UUID
) -> None:
    """Makes a person an admin or a member.

    Raises:
        MemberNotFound: no such person takes part.
        LastAdmin: nobody else is an admin.
    """
    member = await people.find(session, conversation_id, user_id)
    if member is None or member.role == assistants.ROLE:
        raise MemberNotFound
    if member.role == role:
        return
    if role != "admin" and await people.other_admin(session, conversation_id, user_id) is None:
        raise LastAdmin
    await people.set_role(session, conversation_id, user_id, role)
    await append_all(session, tenant_id, conversation_id, [_role_changed(user_id, role, by)])


async def remove(session: AsyncSession, tenant_id: UUID, conversation_id: UUID, user_id: UUID, *, by: UUID) -> None:
    """Takes `user_id` out, at their own wish or an admin's; who is out of it already stays out.

    Raises:
        ConversationNotFound, DirectConversation
        AdminRequired: someone else is to be taken out, by who is no admin.
        MemberNotFound: nobody of that id works in the business, or did.
    """
    place = await access.hold(session, conversation_id, by, admin=user_id != by, archived_too=True, direct_too=False)
    kind = place.conversation.kind
    if await take_out(session, tenant_id, conversation_id, user_id, kind=kind, by=by):
        await append_to_each(session, tenant_id, {user_id: left(conversation_id, by)})
    elif not (await business.is_known(session, user_id) or await assistants.is_known(session, user_id)):
        raise MemberNotFound


async def join(session: AsyncSession, tenant_id: UUID, conversation_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Lets a person into an open group.

    Raises:
        ConversationNotFound: there is none, or it is not open and they take no part.
        ConversationArchived
    """
    conversation = await repository.hold(session, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    if not await people.is_member(session, conversation_id, user_id):
        if not conversation.open:
            raise ConversationNotFound
        if conversation.archived_at is not None:
            raise ConversationArchived
        await add_people(session, tenant_id, conversation_id, {user_id: "member"}, by=user_id, now=now)


async def mute(
    session: AsyncSession, tenant_id: UUID, conversation_id: UUID, user_id: UUID, *, until: datetime | None
) -> None:
    """Silences the conversation for the person until then, and tells their other devices.

    Raises:
        ConversationNotFound
    """
    await access.see(session, conversation_id, user_id)
    if await people.mute(session, conversation_id, user_id, until):
        data = {"conversation_id": conversation_id, "muted_until": until}
        await append_all(session, tenant_id, user_id, [Change(kind="conversation.muted", data=data, actor_id=user_id)])


async def leave_business(session: AsyncSession, tenant_id: UUID, user_id: UUID) -> None:
    """Takes a person who no longer works in the business out of all conversations."""
    gone = await leave_everything(session, tenant_id, user_id)
    await append_all(session, tenant_id, user_id, [left(one, user_id) for one in gone])


async def leave_everything(session: AsyncSession, tenant_id: UUID, user_id: UUID) -> Sequence[UUID]:
    """Takes a person, or an assistant, out of all conversations, and returns which those were."""
    gone: list[UUID] = []
    for conversation_id in await people.conversations_of(session, user_id):
        conversation = await repository.hold(session, conversation_id)
        if conversation is not None and await take_out(
            session, tenant_id, conversation_id, user_id, kind=conversation.kind, by=user_id
        ):
            gone.append(conversation_id)
    return gone


async def _heir(session: AsyncSession, conversation_id: UUID, gone: UUID) -> UUID | None:
    if await people.other_admin(session, conversation_id, gone) is not None:
        return None
    return await people.longest_member(session, conversation_id)


def _added(user_id: UUID, role: str, by: UUID) -> Change:
    return Change(kind="member.added", data={"user_id": user_id, "role": role, "by": by}, actor_id=by)


def _role_changed(user_id: UUID, role: str, by: UUID) -> Change:
    return Change(kind="member.changed", data={"user_id": user_id, "role": role}, actor_id=by)
