"""Messages: read, send, edit, delete."""

from uuid import UUID

from fastapi import APIRouter, Response

from libs.common.problems import Forbidden, Unauthenticated, problem_responses
from services.messaging.conversations.errors import ConversationArchived, ConversationNotFound
from services.messaging.deps import Context, Reader, Writer
from services.messaging.keys.service import TextsUnreadable
from services.messaging.messages import changes, history, service
from services.messaging.messages.errors import MessageDeleted, MessageNotFound, NotYours, WrongMessage
from services.messaging.messages.positions import AskedFor
from services.messaging.messages.schemas import (
    HistoryPage,
    MessageAnswer,
    MessageChange,
    NewMessage,
    RevisionList,
)

router = APIRouter(prefix="/v1/conversations/{conversation_id}/messages", tags=["Messaging"])


@router.get(
    "",
    summary="Read messages",
    operation_id="list_messages",
    responses=problem_responses(ConversationNotFound, Unauthenticated, Forbidden),
)
async def list_messages(conversation_id: UUID, member: Reader, asked_for: AskedFor, context: Context) -> HistoryPage:
    """The newest, or those before, after or around a position, in their order, replies included. `epoch` and `seq` are
    the head of the stream at the moment of the page: subscribe from there, and nothing is missed or twice."""
    return await history.read_page(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        window=asked_for,
    )


@router.post(
    "",
    status_code=201,
    summary="Send a message",
    operation_id="send_message",
    responses={
        200: {"model": MessageAnswer, "description": "It was sent before: this is what it became"},
        **problem_responses(
            ConversationNotFound, Unauthenticated, Forbidden, ConversationArchived, TextsUnreadable, WrongMessage
        ),
    },
)
async def send_message(
    conversation_id: UUID, body: NewMessage, member: Writer, context: Context, response: Response
) -> MessageAnswer:
    """Answers once the message is durable. A `client_message_id` that you used before gives the message that it became
    then, whatever it is sent with, with status 200 and the header `Idempotent-Replayed: true`; for good."""
    sent = await service.send_message(
        context,
        tenant_id=member.tenant_id,
        sender_id=member.user_id,
        conversation_id=conversation_id,
        client_message_id=body.client_message_id,
        text=body.text,
        thread_root_id=body.thread_root_id,
        attachment_ids=body.attachment_ids,
    )
    if sent.replayed:
        response.status_code = 200
        response.headers["Idempotent-Replayed"] = "true"
    return sent.message


@router.get(
    "/{message_id}",
    summary="Read one message",
    operation_id="get_message",
    responses=problem_responses(ConversationNotFound, MessageNotFound, Unauthenticated, Forbidden),
)
async def get_message(conversation_id: UUID, message_id: UUID, member: Reader, context: Context) -> MessageAnswer:
    """As it stands now; of a deleted one, that it was there."""
    return await history.read_message(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        message_id=message_id,
    )


@router.patch(
    "/{message_id}",
    summary="Edit a message",
    operation_id="edit_message",
    responses=problem_responses(
        ConversationNotFound,
        MessageNotFound,
        Unauthenticated,
        Forbidden,
        NotYours,
        ConversationArchived,
        MessageDeleted,
        TextsUnreadable,
        WrongMessage,
    ),
)
async def edit_message(
    conversation_id: UUID, message_id: UUID, body: MessageChange, member: Writer, context: Context
) -> MessageAnswer:
    """Your own. What it said before is kept as a revision; the same text again changes nothing."""
    await context.archive.make_changeable(member.tenant_id, conversation_id, message_id)
    ring = await context.rings.ring(member.tenant_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        await changes.edit(
            session,
            conversation_id=conversation_id,
            message_id=message_id,
            user_id=member.user_id,
            text=body.text,
            ring=ring,
            now=context.clock.now(),
        )
    return await history.read_message(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        message_id=message_id,
    )


@router.delete(
    "/{message_id}",
    status_code=204,
    summary="Delete a message",
    operation_id="delete_message",
    responses=problem_responses(
        ConversationNotFound, MessageNotFound, Unauthenticated, Forbidden, NotYours, ConversationArchived
    ),
)
async def delete_message(conversation_id: UUID, message_id: UUID, member: Writer, context: Context) -> None:
    """Your own, or any as an admin of the conversation. Its texts are gone then; that it was there is still seen."""
    await context.archive.make_changeable(member.tenant_id, conversation_id, message_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        await changes.remove(
            session,
            conversation_id=conversation_id,
            message_id=message_id,
            user_id=member.user_id,
            now=context.clock.now(),
        )


@router.get(
    "/{message_id}/revisions",
    summary="Read what a message said before",
    operation_id="list_message_revisions",
    responses=problem_responses(ConversationNotFound, MessageNotFound, Unauthenticated, Forbidden),
)
async def list_message_revisions(
    conversation_id: UUID, message_id: UUID, member: Reader, context: Context
) -> RevisionList:
    """Every text that it had, the present one last; none once it is deleted."""
    items = await history.read_revisions(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        message_id=message_id,
    )
    return RevisionList(items=items)


@router.get(
    "/{message_id}/replies",
    summary="Read the thread under a message",
    operation_id="list_replies",
    responses=problem_responses(ConversationNotFound, MessageNotFound, Unauthenticated, Forbidden),
)
async def list_replies(
    conversation_id: UUID, message_id: UUID, member: Reader, asked_for: AskedFor, context: Context
) -> HistoryPage:
    """As the messages of the conversation are read, those of the thread alone."""
    return await history.read_replies(
        context,
        tenant_id=member.tenant_id,
        user_id=member.user_id,
        conversation_id=conversation_id,
        message_id=message_id,
        window=asked_for,
    )
