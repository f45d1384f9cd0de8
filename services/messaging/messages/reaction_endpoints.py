"""Reactions: one person's emoji on a message."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from libs.common.problems import Forbidden, Unauthenticated, problem_responses
from services.messaging.conversations.errors import ConversationArchived, ConversationNotFound
from services.messaging.deps import Context, Writer
from services.messaging.messages import changes
from services.messaging.messages.errors import MessageDeleted, MessageNotFound, TooManyReactions, WrongMessage
from services.messaging.messages.texts import MAX_EMOJI

router = APIRouter(prefix="/v1/conversations/{conversation_id}/messages/{message_id}/reactions", tags=["Messaging"])
Emoji = Annotated[str, Path(min_length=1, max_length=MAX_EMOJI, description="The emoji itself.", examples=["👍"])]


@router.put(
    "/{emoji}",
    status_code=204,
    summary="React to a message",
    operation_id="add_reaction",
    responses=problem_responses(
        ConversationNotFound,
        MessageNotFound,
        Unauthenticated,
        Forbidden,
        ConversationArchived,
        MessageDeleted,
        TooManyReactions,
        WrongMessage,
    ),
)
async def add_reaction(conversation_id: UUID, message_id: UUID, emoji: Emoji, member: Writer, context: Context) -> None:
    """Each person once with each emoji; a message takes twenty different ones."""
    await context.archive.make_changeable(member.tenant_id, conversation_id, message_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        await changes.react(
            session,
            conversation_id=conversation_id,
            message_id=message_id,
            user_id=member.user_id,
            emoji=emoji,
            now=context.clock.now(),
        )


@router.delete(
    "/{emoji}",
    status_code=204,
    summary="Take a reaction back",
    operation_id="remove_reaction",
    responses=problem_responses(
        ConversationNotFound, MessageNotFound, Unauthenticated, Forbidden, ConversationArchived, WrongMessage
    ),
)
async def remove_reaction(
    conversation_id: UUID, message_id: UUID, emoji: Emoji, member: Writer, context: Context
) -> None:
    """Your own; where it is not, nothing changes."""
    await context.archive.make_changeable(member.tenant_id, conversation_id, message_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        await changes.take_reaction_back(
            session,
            conversation_id=conversation_id,
            message_id=message_id,
            user_id=member.user_id,
            emoji=emoji,
        )
