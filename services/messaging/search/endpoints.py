"""Search in the messages that you may read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from libs.common.paging import Page
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from services.messaging.conversations.errors import ConversationNotFound
from services.messaging.deps import Context, Paging, Reader
from services.messaging.keys.service import TextsUnreadable
from services.messaging.search import service
from services.messaging.search.schemas import MAX_QUERY, Hit

router = APIRouter(prefix="/v1/conversations/search", tags=["Messaging"])
Words = Annotated[
    str,
    Query(
        max_length=MAX_QUERY,
        description="All of these words, in any order; case and accents do not matter. From three letters on, a word "
        "finds those that begin with it. Without a word nothing is found.",
    ),
]
Within = Annotated[UUID | None, Query(description="In this conversation alone.")]


@router.get(
    "",
    summary="Search in messages",
    operation_id="search_messages",
    responses=problem_responses(BadCursor, ConversationNotFound, Unauthenticated, Forbidden, TextsUnreadable),
)
async def search_messages(
    member: Reader, context: Context, paging: Paging, q: Words = "", conversation_id: Within = None
) -> Page[Hit]:
    """In all conversations that you take part in, newest first. Any page may be shorter than asked for."""
    tenant_id, query = member.tenant_id, f"search:{member.user_id}:{conversation_id}:{q}"
    before: UUID | None = None
    if paging.cursor is not None:
        before = UUID(context.cursors.decode(paging.cursor, tenant_id=tenant_id, query=query)[0])
    items, after = await service.search(
        context,
        tenant_id=tenant_id,
        user_id=member.user_id,
        query=q,
        conversation_id=conversation_id,
        before=before,
        limit=paging.limit,
    )
    next_cursor = None if after is None else context.cursors.encode([after], tenant_id=tenant_id, query=query)
    return Page(items=items, next_cursor=next_cursor)
