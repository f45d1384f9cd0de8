"""What ai asks messaging for an assistant that was asked in a conversation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from libs.contracts.messaging import AssistantAnswer, AssistantQuestion, SentAnswer, SharedFile, TypingShown
from services.messaging.assistants import service
from services.messaging.assistants.service import Asked
from services.messaging.attachments.sharing import share
from services.messaging.deps import Caller, Context

router = APIRouter(prefix="/internal/tenants/{tenant_id}/conversations/{conversation_id}", include_in_schema=False)
OF_ASSISTANT = "/messages/{message_id}/assistants/{assistant_id}"
Question = Annotated[Asked, Depends()]
"""The path names it."""


@router.get(f"{OF_ASSISTANT}/question", operation_id="get_assistant_question")
async def get_assistant_question(asked: Question, context: Context, _caller: Caller) -> AssistantQuestion:
    return await service.read_question(context, asked)


@router.post(f"{OF_ASSISTANT}/typing", operation_id="show_assistant_typing")
async def show_assistant_typing(asked: Question, context: Context, _caller: Caller) -> TypingShown:
    await service.show_typing(context, asked)
    return TypingShown()


@router.post(f"{OF_ASSISTANT}/answer", operation_id="send_assistant_answer")
async def send_assistant_answer(
    asked: Question, body: AssistantAnswer, context: Context, _caller: Caller
) -> SentAnswer:
    return await service.send_answer(context, asked, body.text)


@router.get("/attachments/{attachment_id}/shared-with/{user_id}", operation_id="get_shared_file")
async def get_shared_file(
    tenant_id: UUID, conversation_id: UUID, attachment_id: UUID, user_id: UUID, context: Context, _caller: Caller
) -> SharedFile:
    return await share(
        context, tenant_id=tenant_id, user_id=user_id, conversation_id=conversation_id, attachment_id=attachment_id
    )
