"""Conversations: open, list, look, rename, archive."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.idempotency import KeyInUse, KeyReused
from libs.common.paging import Page, page_of
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from services.messaging.context import MessagingContext
from services.messaging.conversations import repository, service, views
from services.messaging.conversations.errors import (
    AdminRequired,
    ConversationArchived,
    ConversationNotFound,
    DirectConversation,
    MembershipEnded,
    NotInBusiness,
)
from services.messaging.conversations.schemas import ConversationAnswer, ConversationChange, NewConversation
from services.messaging.deps import Context, OnlyOnce, Paging, Reader, Writer
from services.messaging.keys.service import TextsUnreadable

router = APIRouter(prefix="/v1/conversations", tags=["Messaging"])
QUERY = "conversations"
ArchivedToo = Annotated[bool, Query(description="Those in the archive instead of the others.")]
Joinable = Annotated[bool, Query(description="Open groups that you are not in, instead of your own conversations.")]


@router.post(
    "",
    status_code=201,
    summary="Open a conversation",
    operation_id="create_conversation",
    response_model=ConversationAnswer,
    responses={
        200: {"model": ConversationAnswer, "description": "The direct conversation that the two have already"},
        **problem_responses(
            Unauthenticated, Forbidden, MembershipEnded, TextsUnreadable, KeyInUse, NotInBusiness, KeyReused
        ),
    },
)
async def create_conversation(body: NewConversation, member: Writer, context: Context, only_once: OnlyOnce) -> Response:
    """Two people have one direct conversation: opening it again answers 200 with what there is. Support takes in all
    owners and admins of the business. Send an `Idempotency-Key` to make a group or support conversation once."""
    tenant_id, user_id = member.tenant_id, member.user_id
    ring = await context.rings.ring(tenant_id)

    async def make_group() -> ConversationAnswer:
        conversation_id = await service.open_group(context, session, tenant_id, user_id, body, ring=ring)
        return await _answer(context, session, tenant_id, conversation_id, user_id)

    async with context.database.tenant_session(tenant_id) as session:
        if body.kind != "direct":
            return await only_once.run(session, tenant_id, make_group)
        conversation_id, made = await service.open_direct(context, session, tenant_id, user_id, body)
        answer = await _answer(context, session, tenant_id, conversation_id, user_id)
    return Response(answer.model_dump_json(), 201 if made else 200, media_type="application/json")


@router.get(
    "",
    summary="List conversations, newest activity first",
    operation_id="list_conversations",
    responses=problem_responses(BadCursor, Unauthenticated, Forbidden),
)
async def list_conversations(
    member: Reader, context: Context, paging: Paging, archived: ArchivedToo = False, joinable: Joinable = False
) -> Page[ConversationAnswer]:
    """Each with its last message, what is unread, and where to subscribe from."""
    tenant_id, query = member.tenant_id, f"{QUERY}:{member.user_id}:{archived}:{joinable}"
    after: tuple[datetime, UUID] | None = None
    if paging.cursor is not None:
        at, last_id = context.cursors.decode(paging.cursor, tenant_id=tenant_id, query=query)
        after = datetime.fromisoformat(at), UUID(last_id)
    async with context.database.tenant_session(tenant_id) as session:
        found = await repository.list_views(
            session, member.user_id, joinable=joinable, archived=archived, after=after, limit=paging.limit + 1
        )

    def cursor_after(last: Row[Any]) -> str:
        position = [last.last_message_at.isoformat(), str(last.id)]
        return context.cursors.encode(position, tenant_id=tenant_id, query=query)

    rows, next_cursor = page_of(found, limit=paging.limit, cursor_after=cursor_after)
    return Page(items=await views.answers(context.rings, tenant_id, rows), next_cursor=next_cursor)


@router.get(
    "/{conversation_id:uuid}",  # so that other words in its place are other resources
    summary="Look at a conversation",
    operation_id="get_conversation",
    responses=problem_responses(ConversationNotFound, Unauthenticated, Forbidden),
)
async def get_conversation(conversation_id: UUID, member: Reader, context: Context) -> ConversationAnswer:
    """As the list shows it."""
    async with context.database.tenant_session(member.tenant_id) as session:
        return await _answer(context, session, member.tenant_id, conversation_id, member.user_id)


@router.patch(
    "/{conversation_id:uuid}",  # so that other words in its place are other resources
    summary="Rename a conversation",
    operation_id="rename_conversation",
    responses=problem_responses(
        ConversationNotFound,
        Unauthenticated,
        Forbidden,
        AdminRequired,
        DirectConversation,
        ConversationArchived,
        TextsUnreadable,
    ),
)
async def rename_conversation(
    conversation_id: UUID, body: ConversationChange, member: Writer, context: Context
) -> ConversationAnswer:
    """For the conversation's admins."""
    ring = await context.rings.ring(member.tenant_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        await service.rename(session, member.tenant_id, member.user_id, conversation_id, body.title, ring=ring)
        return await _answer(context, session, member.tenant_id, conversation_id, member.user_id)


@router.put(
    "/{conversation_id}/archive",
    status_code=204,
    summary="Archive a conversation",
    operation_id="archive_conversation",
    responses=problem_responses(ConversationNotFound, Unauthenticated, Forbidden, AdminRequired, DirectConversation),
)
async def archive_conversation(conversation_id: UUID, member: Writer, context: Context) -> None:
    """For the conversation's admins. It can be read then, and no more is written. Archived already, it stays so."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await service.archive(context, session, member.tenant_id, member.user_id, conversation_id, archived=True)


@router.delete(
    "/{conversation_id}/archive",
    status_code=204,
    summary="Take a conversation out of the archive",
    operation_id="unarchive_conversation",
    responses=problem_responses(ConversationNotFound, Unauthenticated, Forbidden, AdminRequired, DirectConversation),
)
async def unarchive_conversation(conversation_id: UUID, member: Writer, context: Context) -> None:
    """For the conversation's admins."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await service.archive(context, session, member.tenant_id, member.user_id, conversation_id, archived=False)


async def _answer(
    context: MessagingContext, session: AsyncSession, tenant_id: UUID, conversation_id: UUID, user_id: UUID
) -> ConversationAnswer:
    row = await repository.find_view(session, conversation_id, user_id)
    if row is None:
        raise ConversationNotFound
    return (await views.answers(context.rings, tenant_id, [row]))[0]
