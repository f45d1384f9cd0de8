"""All SQL of questions in conversations, within one tenant."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.contracts.messaging import AssistantAsked
from services.ai.answers.models import Answer, Chat
from services.ai.assistants.models import Assistant
from services.ai.conversations.models import ConversationQuestion as Question

BELL = "ai_conversations"
"""The channel on which PostgreSQL says that there is something to answer."""


async def add(session: AsyncSession, asked: AssistantAsked, *, now: datetime) -> None:
    """Notes that the assistant was asked, once for each message; nothing where it was deleted meanwhile."""
    there = select(Assistant.id).where(Assistant.id == asked.assistant_id).with_for_update(read=True, key_share=True)
    if await session.scalar(there) is None:
        return
    row = insert(Question).values(
        tenant_id=asked.tenant_id,
        id=new_id(),
        assistant_id=asked.assistant_id,
        conversation_id=asked.conversation_id,
        message_id=asked.message_id,
        seq=asked.seq,
        state="waiting",
        fence=0,
        failures=0,
        due_at=now,
        created_at=now,
    )
    await session.execute(row.on_conflict_do_nothing())
    await ring(session)


async def change(session: AsyncSession, question: Question, **values: object) -> bool:
    """Writes `values`; False if another worker has taken the question up since, or it is settled."""
    written = (
        update(Question)
        .where(Question.id == question.id, Question.fence == question.fence, Question.state == "waiting")
        .values(**values)
        .returning(Question.id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(written) is not None


async def settle(session: AsyncSession, question: Question, state: str, *, reply_id: UUID | None = None) -> bool:
    """Ends the question, and wakes who may go on with the next one; False as for `change`."""
    if not await change(session, question, state=state, reply_id=reply_id, due_at=None):
        return False
    await ring(session)
    return True


async def of_message(session: AsyncSession, message_id: UUID) -> Sequence[Question]:
    """Questions that the message asked, or whose answer it is."""
    wanted = select(Question).where(or_(Question.message_id == message_id, Question.reply_id == message_id))
    return (await session.scalars(wanted)).all()


async def state_of(session: AsyncSession, question_id: UUID) -> str | None:
    """None where the question is gone, with its assistant."""
    return await session.scalar(select(Question.state).where(Question.id == question_id))


async def drop(session: AsyncSession, question_ids: Sequence[UUID]) -> None:
    """Those of the questions that wait are answered no more."""
    waiting = update(Question).where(Question.id.in_(question_ids), Question.state == "waiting")
    await session.execute(waiting.values(state="dropped", due_at=None, fence=Question.fence + 1))


async def find_answer(session: AsyncSession, answer_id: UUID) -> Answer | None:
    return await session.scalar(select(Answer).where(Answer.id == answer_id))


async def forget_texts(session: AsyncSession, answer_ids: Sequence[UUID]) -> None:
    """Takes out of answers what was asked and said; that they were given, and what they took, stays."""
    gone: dict[str, object] = {"question": "", "text": "", "citations": [], "sources": [], "comment": None}
    await session.execute(update(Answer).where(Answer.id.in_(answer_ids)).values(gone))


async def open_chat(session: AsyncSession, question: Question, chat_id: UUID, *, now: datetime) -> None:
    """The assistant's chat in the conversation, unless there is one."""
    row = insert(Chat).values(
        tenant_id=question.tenant_id,
        id=chat_id,
        assistant_id=question.assistant_id,
        user_id=None,
        channel="conversation",
        title="",
        created_at=now,
        updated_at=now,
    )
    await session.execute(row.on_conflict_do_nothing())


async def ring(session: AsyncSession) -> None:
    """Wakes the worker, once this is committed."""
    await session.execute(select(func.pg_notify(BELL, "")))
