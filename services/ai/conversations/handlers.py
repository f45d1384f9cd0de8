"""What ai does when messaging tells of messages."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.messaging import AssistantAsked, MessageDeleted
from services.ai.conversations import repository


async def on_assistant_asked(session: AsyncSession, event: AssistantAsked) -> None:
    """Has it answered by a worker."""
    await repository.add(session, event, now=datetime.now(UTC))


async def on_message_deleted(session: AsyncSession, event: MessageDeleted) -> None:
    """Forgets what a question, or an answer, said in it; a question that waits is answered no more."""
    questions = await repository.of_message(session, event.message_id)
    if questions:
        await repository.drop(session, [one.id for one in questions])
        await repository.forget_texts(session, [one.answer_id for one in questions if one.answer_id is not None])
