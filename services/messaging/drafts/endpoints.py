"""Drafts: what you have begun to write in a conversation, or in a thread of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from libs.common.problems import Forbidden, Unauthenticated, problem_responses
from services.messaging.conversations.errors import ConversationNotFound
from services.messaging.deps import Context, Reader, Writer
from services.messaging.drafts import service
from services.messaging.drafts.schemas import DraftAnswer, NewDraft
from services.messaging.keys.service import TextsUnreadable
from services.messaging.messages.errors import MessageNotFound

router = APIRouter(prefix="/v1/conversations/{conversation_id}/draft", tags=["Messaging"])
Thread = Annotated[UUID | None, Query(description="The message whose thread it is for.")]


@router.get(
    "",
    summary="Read your draft",
    operation_id="get_draft",
    responses=problem_responses(ConversationNotFound, Unauthenticated, Forbidden),
)
async def get_draft(
    conversation_id: UUID, member: Reader, context: Context, thread_root_id: Thread = None
) -> DraftAnswer:
    """Its text is null where there is none."""
    return await service.read(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        thread_root_id=thread_root_id,
    )


@router.put(
    "",
    status_code=204,
    summary="Keep your draft",
    operation_id="keep_draft",
    responses=problem_responses(ConversationNotFound, MessageNotFound, Unauthenticated, Forbidden, TextsUnreadable),
)
async def keep_draft(
    conversation_id: UUID, body: NewDraft, member: Writer, context: Context, thread_root_id: Thread = None
) -> None:
    """In place of the one before. Your other devices are told that there is one."""
    await service.keep(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        thread_root_id=thread_root_id,
        text=body.text,
    )


@router.delete(
    "",
    status_code=204,
    summary="Throw your draft away",
    operation_id="delete_draft",
    responses=problem_responses(ConversationNotFound, Unauthenticated, Forbidden),
)
async def delete_draft(conversation_id: UUID, member: Writer, context: Context, thread_root_id: Thread = None) -> None:
    """As when it was sent. Where there is none, nothing changes."""
    await service.forget(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        thread_root_id=thread_root_id,
    )
