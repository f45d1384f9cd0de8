"""Conversations: opening, finding, renaming, archiving, and how far each person has read."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.conversations import access, member_repository, repository
from services.messaging.conversations.errors import ConversationNotFound, WrongShape
from services.messaging.conversations.membership import add_people
from services.messaging.conversations.schemas import NewConversation, ReadPosition
from services.messaging.keys.service import KeyRing
from services.messaging.members import repository as business
from services.messaging.stream.service import append, take_position, write_event
from services.messaging.stream.wire import title_bound

ADMINS = ("owner", "admin")
"""The roles in the business whose people are the other side of a support conversation."""


async def may_read(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> bool:
    """Whether the person takes part in the conversation."""
    return await member_repository.is_member(session, conversation_id, user_id)


async def open_direct(
    context: MessagingContext, session: AsyncSession, tenant_id: UUID, user_id: UUID, body: NewConversation
) -> tuple[UUID, bool]:
    """The id of the one conversation that two people have, and whether it was made now.

    Who was taken out of it when they left the business is brought back.

    Raises:
        WrongShape, MembershipEnded, NotInBusiness
    """
    other = _other_person(user_id, body)
    become = await access.welcome(session, tenant_id, user_id, other, pointer="/member_ids")
    direct_key = "+".join(sorted((str(user_id), str(other))))
    conversation_id, made = await repository.id_of_direct(session, direct_key), False
    if conversation_id is None:
        conversation_id = new_id()
        made = await _add(context, session, tenant_id, conversation_id, body, by=user_id, direct_key=direct_key)
    if not made:  # someone else may have been the first at this moment
        conversation_id = await repository.id_of_direct(session, direct_key) or conversation_id
        await repository.hold(session, conversation_id)
    roles = {user_id: "member", **become}
    now = context.clock.now()
    await add_people(session, tenant_id, conversation_id, roles, by=user_id, now=now, notified=False)
    return conversation_id, made


async def open_group(
    context: MessagingContext,
    session: AsyncSession,
    tenant_id: UUID,
    user_id: UUID,
    body: NewConversation,
    *,
    ring: KeyRing,
) -> UUID:
    """Makes a group, whose admin is who made it, or a support conversation, whose admins are those of the business.

    Raises:
        WrongShape, MembershipEnded, NotInBusiness
    """
    _check_shape(body)
    become = await access.welcome(session, tenant_id, user_id, *body.member_ids, pointer="/member_ids")
    if body.kind == "support":
        _check_assistants_only(become)
        admins = dict.fromkeys(await business.active_with_role(session, ADMINS), "admin")
        roles: dict[UUID, str] = {user_id: "member", **admins, **become}
    else:
        roles = {user_id: "admin"} | {one: role for one, role in become.items() if one != user_id}
    conversation_id = new_id()
    title = None if body.title is None else ring.seal(body.title, title_bound(conversation_id))
    await _add(context, session, tenant_id, conversation_id, body, by=user_id, title=title)
    await add_people(session, tenant_id, conversation_id, roles, by=user_id, now=context.clock.now())
    return conversation_id


async def rename(
    session: AsyncSession, tenant_id: UUID, user_id: UUID, conversation_id: UUID, title: str, *, ring: KeyRing
) -> None:
    """Gives the conversation a new title.

    Raises:
        ConversationNotFound, DirectConversation, AdminRequired, ConversationArchived, TextsUnreadable
    """
    await access.hold(session, conversation_id, user_id, admin=True, direct_too=False)
    sealed = ring.seal(title, title_bound(conversation_id))
    await repository.change(session, conversation_id, title=sealed)
    position = await take_position(session, tenant_id, conversation_id)
    await write_event(session, position, "conversation.renamed", data={}, actor_id=user_id, sealed=sealed)


async def archive(
    context: MessagingContext,
    session: AsyncSession,
    tenant_id: UUID,
    user_id: UUID,
    conversation_id: UUID,
    *,
    archived: bool,
) -> None:
    """Closes the conversation for everything but reading, or opens it again. What is so already stays.

    Raises:
        ConversationNotFound, DirectConversation, AdminRequired
    """
    place = await access.hold(session, conversation_id, user_id, admin=True, archived_too=True, direct_too=False)
    if archived == (place.conversation.archived_at is not None):
        return
    await repository.change(session, conversation_id, archived_at=context.clock.now() if archived else None)
    kind = "conversation.archived" if archived else "conversation.unarchived"
    await append(session, tenant_id, conversation_id, kind, data={}, actor_id=user_id)


async def move_read_position(
    context: MessagingContext, *, tenant_id: UUID, user_id: UUID, conversation_id: UUID, seq: int
) -> ReadPosition:
    """Notes that the person has read up to `seq`, and tells their other devices; it never goes back.

    Raises:
        ConversationNotFound: the person takes no part.
    """
    async with context.database.tenant_session(tenant_id) as session:
        moved = await member_repository.read_to(session, conversation_id, user_id, seq)
        position = await member_repository.position(session, conversation_id, user_id)
        if position is None:
            raise ConversationNotFound
        read_seq, unread, mentions = position
        if moved:
            data = {
                "conversation_id": conversation_id,
                "read_seq": read_seq,
                "unread": unread,
                "mentions": mentions,
            }
            await append(session, tenant_id, user_id, "read.moved", data=data, actor_id=user_id)
    return ReadPosition(read_seq=read_seq, unread=unread, mentions=mentions)


async def _add(
    context: MessagingContext,
    session: AsyncSession,
    tenant_id: UUID,
    conversation_id: UUID,
    body: NewConversation,
    *,
    by: UUID,
    title: bytes | None = None,
    direct_key: str | None = None,
) -> bool:
    return await repository.add(
        session,
        tenant_id=tenant_id,
        conversation_id=conversation_id,
        epoch=new_id(),
        kind=body.kind,
        title=title,
        direct_key=direct_key,
        open_to_all=body.open,
        created_by=by,
        now=context.clock.now(),
    )


def _other_person(user_id: UUID, body: NewConversation) -> UUID:
    if body.title is not None:
        raise WrongShape("/title", "title_refused", "A direct conversation has no title.")
    if body.open:
        raise WrongShape("/open", "open_refused", "A direct conversation is open to nobody else.")
    others = {*body.member_ids} - {user_id}
    if len(body.member_ids) != 1 or not others:
        raise WrongShape("/member_ids", "one_other_person", "A direct conversation is with one other person.")
    return body.member_ids[0]


def _check_shape(body: NewConversation) -> None:
    if body.kind == "group" and body.title is None:
        raise WrongShape("/title", "missing", "A group needs a title.")
    if body.kind == "support" and body.open:
        raise WrongShape("/open", "open_refused", "A support conversation cannot be joined.")


def _check_assistants_only(become: Mapping[UUID, access.Role]) -> None:
    if "member" in become.values():
        raise WrongShape("/member_ids", "members_refused", "Support is asked of the owners and admins of the business.")
