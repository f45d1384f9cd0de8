"""Who takes part in a conversation, and what of it is each person's own: silence, and how far they have read."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from libs.common.paging import Page, page_of
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from services.messaging.conversations import access, member_repository, membership
from services.messaging.conversations import service as conversations
from services.messaging.conversations.errors import (
    AdminRequired,
    ConversationArchived,
    ConversationNotFound,
    DirectConversation,
    LastAdmin,
    MemberNotFound,
    MembershipEnded,
    NotInBusiness,
)
from services.messaging.conversations.models import ConversationMember
from services.messaging.conversations.schemas import (
    MemberAnswer,
    Mute,
    NewMembers,
    ReadPosition,
    ReadTo,
    RoleChange,
)
from services.messaging.deps import Context, Paging, Reader, Writer

router = APIRouter(prefix="/v1/conversations/{conversation_id}", tags=["Messaging"])


@router.get(
    "/members",
    summary="List who takes part",
    operation_id="list_conversation_members",
    responses=problem_responses(ConversationNotFound, BadCursor, Unauthenticated, Forbidden),
)
async def list_conversation_members(
    conversation_id: UUID, member: Reader, context: Context, paging: Paging
) -> Page[MemberAnswer]:
    """In the order in which they came, each with how far they have read; assistants too."""
    query = f"members:{conversation_id}"
    after: tuple[datetime, UUID] | None = None
    if paging.cursor is not None:
        joined_at, last_id = context.cursors.decode(paging.cursor, tenant_id=member.tenant_id, query=query)
        after = datetime.fromisoformat(joined_at), UUID(last_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        await access.see(session, conversation_id, member.user_id)
        found = await member_repository.list_members(session, conversation_id, after=after, limit=paging.limit + 1)

    def cursor_after(last: ConversationMember) -> str:
        position = [last.joined_at.isoformat(), str(last.user_id)]
        return context.cursors.encode(position, tenant_id=member.tenant_id, query=query)

    rows, next_cursor = page_of(found, limit=paging.limit, cursor_after=cursor_after)
    return Page(items=[_answer(row) for row in rows], next_cursor=next_cursor)


@router.post(
    "/members",
    status_code=204,
    summary="Add people to a conversation",
    operation_id="add_conversation_members",
    responses=problem_responses(
        ConversationNotFound,
        Unauthenticated,
        Forbidden,
        AdminRequired,
        MembershipEnded,
        DirectConversation,
        ConversationArchived,
        NotInBusiness,
    ),
)
async def add_conversation_members(conversation_id: UUID, body: NewMembers, member: Writer, context: Context) -> None:
    """For the conversation's admins. Who takes part already stays as they are. An assistant answers here what it is
    asked by its name, from documents that everybody here may read."""
    tenant_id, user_id = member.tenant_id, member.user_id
    async with context.database.tenant_session(tenant_id) as session:
        roles = await access.welcome(session, tenant_id, user_id, *body.user_ids, pointer="/user_ids")
        await access.hold(session, conversation_id, user_id, admin=True, direct_too=False)
        await membership.add_people(session, tenant_id, conversation_id, roles, by=user_id, now=context.clock.now())


@router.patch(
    "/members/{user_id}",
    status_code=204,
    summary="Make someone an admin of a conversation, or a member",
    operation_id="change_conversation_role",
    responses=problem_responses(
        ConversationNotFound,
        MemberNotFound,
        Unauthenticated,
        Forbidden,
        AdminRequired,
        DirectConversation,
        ConversationArchived,
        LastAdmin,
    ),
)
async def change_conversation_role(
    conversation_id: UUID, user_id: UUID, body: RoleChange, member: Writer, context: Context
) -> None:
    """For the conversation's admins; one of them stays one."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await access.hold(session, conversation_id, member.user_id, admin=True, direct_too=False)
        await membership.change_role(session, member.tenant_id, conversation_id, user_id, body.role, by=member.user_id)


@router.delete(
    "/members/{user_id}",
    status_code=204,
    summary="Leave a conversation, or take someone out of it",
    operation_id="remove_conversation_member",
    responses=problem_responses(
        ConversationNotFound, MemberNotFound, Unauthenticated, Forbidden, AdminRequired, DirectConversation
    ),
)
async def remove_conversation_member(conversation_id: UUID, user_id: UUID, member: Writer, context: Context) -> None:
    """Anyone may go; others are taken out by the conversation's admins. Where the last admin goes, whoever has taken
    part for the longest time becomes one. Who is out of it already stays out."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await membership.remove(session, member.tenant_id, conversation_id, user_id, by=member.user_id)


@router.post(
    "/join",
    status_code=204,
    summary="Join an open group",
    operation_id="join_conversation",
    responses=problem_responses(
        ConversationNotFound, Unauthenticated, Forbidden, MembershipEnded, ConversationArchived
    ),
)
async def join_conversation(conversation_id: UUID, member: Writer, context: Context) -> None:
    """Without being asked. Who takes part already does nothing by it."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await access.welcome(session, member.tenant_id, member.user_id)
        await membership.join(session, member.tenant_id, conversation_id, member.user_id, now=context.clock.now())


@router.put(
    "/mute",
    status_code=204,
    summary="Silence a conversation",
    operation_id="mute_conversation",
    responses=problem_responses(ConversationNotFound, Unauthenticated, Forbidden),
)
async def mute_conversation(conversation_id: UUID, body: Mute, member: Writer, context: Context) -> None:
    """For yourself, on all your devices, until the moment given."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await membership.mute(session, member.tenant_id, conversation_id, member.user_id, until=body.muted_until)


@router.put(
    "/read",
    summary="Say how far you have read",
    operation_id="move_read_position",
    responses=problem_responses(ConversationNotFound, Unauthenticated, Forbidden),
)
async def move_read_position(conversation_id: UUID, body: ReadTo, member: Writer, context: Context) -> ReadPosition:
    """Never goes back, and never beyond what there is. Your other devices are told."""
    return await conversations.move_read_position(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        seq=body.seq,
    )


def _answer(row: ConversationMember) -> MemberAnswer:
    return MemberAnswer(user_id=row.user_id, role=row.role, joined_at=row.joined_at, read_seq=row.read_seq)
