"""Answers a question that was asked in a conversation.

It may be begun anew at any point, by another worker. What was written is found again by `answer_id`; what was begun and
not ended is ended, so that nothing is charged for it; and messaging keeps one answer of an assistant to a message, so
that it is said once. A worker that was overtaken notices by the fence and says nothing.

Everybody in the conversation reads the answer: it comes from what all of them may read.
"""

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid5

import structlog

from libs.common.failpoints import failpoint
from libs.common.http_client import ServiceRefused
from libs.common.loops import EXPECTED
from libs.common.problems import NotFound, Problem
from libs.contracts.billing import LimitReached
from libs.contracts.messaging import AssistantQuestion
from services.ai.answers import repository as answers
from services.ai.answers import service as writing
from services.ai.answers import views
from services.ai.answers.basis import hidden_from
from services.ai.answers.preparing import Question, prepare
from services.ai.answers.schemas import MAX_QUESTION, AnswerAnswer
from services.ai.context import AiContext
from services.ai.conversations import repository
from services.ai.conversations.models import ConversationQuestion
from services.ai.conversations.wording import said, sentence
from services.ai.documents.access import Asker, Company
from services.ai.limits.errors import BudgetReached
from services.ai.limits.service import release
from services.ai.passages.languages import language_of

LEASE = timedelta(seconds=30)
"""How long a question waits whose worker died."""
HELD_EVERY = 4.0
"""Seconds after which the lease is prolonged, and people see again that the assistant writes."""
LONGEST_SECONDS = 300.0
MAX_FAILURES = 4
LONGEST_PAUSE = timedelta(minutes=1)
OUTDATED = timedelta(hours=1)
"""After so long, nobody waits for an answer any more."""
Result = TypeVar("Result")
logger = structlog.get_logger()


class _Overtaken(Exception):
    """Another worker has the question, or nobody waits for its answer any more."""


class _Gone(Exception):
    """messaging says that nobody waits for an answer any more."""


async def take_up(context: AiContext, question: ConversationQuestion) -> None:
    """Answers a question that was claimed; what fails is tried again, and said at last."""
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await _answer(context, question)
    except _Overtaken:
        await _forget_if_dropped(context, question)
    except _Gone as gone:
        logger.info("conversation.question_dropped", question_id=str(question.id), reason=str(gone))
        await _drop(context, question)
    except EXPECTED as error:
        reason = error.code if isinstance(error, Problem) else repr(error)
        logger.warning("conversation.answer_failed", question_id=str(question.id), reason=reason)
        await _postpone(context, question)


async def _answer(context: AiContext, question: ConversationQuestion) -> None:
    message = question.tenant_id, question.conversation_id, question.message_id
    by = question.assistant_id
    asked = await _unless_gone(context.messaging.get_assistant_question(*message, assistant_id=by))
    if not asked.text:
        raise _Gone("empty")
    answer = await _written_before(context, question, asker_of(asked))
    if answer is not None:
        text = said(answer)
    elif question.failures >= MAX_FAILURES:
        text = sentence("failed", language_of(asked.text))
    else:
        text = await _while_held(context, question, _write(context, question, asked))
    failpoint("conversations.answer.written")
    await _hold(context, question)
    sent = await _unless_gone(context.messaging.send_assistant_answer(*message, assistant_id=by, text=text))
    failpoint("conversations.answer.sent")
    async with context.database.tenant_session(question.tenant_id) as session:
        await repository.settle(session, question, "answered", reply_id=sent.message_id)


async def _write(context: AiContext, question: ConversationQuestion, asked: AssistantQuestion) -> str:
    """What is to be said: the answer, or that there is none."""
    chat_id = uuid5(question.conversation_id, str(question.assistant_id))
    async with context.database.tenant_session(question.tenant_id) as session:
        await repository.open_chat(session, question, chat_id, now=datetime.now(UTC))
    wanted = Question(
        tenant_id=question.tenant_id,
        assistant_id=question.assistant_id,
        asker=asker_of(asked),
        text=asked.text[:MAX_QUESTION],
        channel="conversation",
        chat_id=chat_id,
    )
    try:
        prepared = await prepare(context, wanted)
    except (LimitReached, BudgetReached):
        return sentence("limit", language_of(asked.text))
    failpoint("conversations.answer.prepared")
    await _note(context, question, prepared.answer_id)
    answer = await writing.whole(context, prepared)
    if answer.state == "stopped":
        raise RuntimeError("this process ends")
    return said(answer)


def asker_of(asked: AssistantQuestion) -> Asker:
    """The author, in the company of all who will read the answer; where anybody may join, that is anybody."""
    anybody = [None] if asked.open else []
    company = Company(
        user_ids=[*(one.user_id for one in asked.others), *anybody],
        roles=[*(one.role for one in asked.others), *anybody],
    )
    return Asker(user_id=asked.asker.user_id, role=asked.asker.role, company=company)


async def _written_before(context: AiContext, question: ConversationQuestion, asker: Asker) -> AnswerAnswer | None:
    """What an earlier attempt wrote, as far as `asker` may still read what it rests on.

    One that it left in the middle is ended now, and charged to nobody.
    """
    if question.answer_id is None:
        return None
    await _abandon(context, question.tenant_id, question.answer_id)
    async with context.database.tenant_session(question.tenant_id) as session:
        found = await repository.find_answer(session, question.answer_id)
        if found is None or found.state != "done":
            return None
        hidden = await hidden_from(session, asker, [found])
    return views.answer(found, hidden=bool(hidden))


async def _note(context: AiContext, question: ConversationQuestion, answer_id: UUID) -> None:
    """From here on, who takes the question up again finds the answer."""
    async with context.database.tenant_session(question.tenant_id) as session:
        noted = await repository.change(session, question, answer_id=answer_id)
    if not noted:
        await _abandon(context, question.tenant_id, answer_id)
        raise _Overtaken
    question.answer_id = answer_id


async def _abandon(context: AiContext, tenant_id: UUID, answer_id: UUID) -> None:
    """Ends an answer that nobody writes any more; one that has ended stays as it is."""
    values = {"state": "failed", "reason": "interrupted", "finished_at": datetime.now(UTC)}
    async with context.database.tenant_session(tenant_id) as session:
        ended = await answers.finish(session, answer_id, values)
    if ended:
        await release(context, tenant_id=tenant_id, answer_id=answer_id)


async def _while_held(
    context: AiContext, question: ConversationQuestion, work: Coroutine[object, object, Result]
) -> Result:
    """Does `work`; people see meanwhile that the assistant writes, and no other worker takes the question up."""
    task = asyncio.create_task(work)
    try:
        while True:
            await _show_typing(context, question)
            done, _ = await asyncio.wait({task}, timeout=HELD_EVERY)
            if done:
                return task.result()
            await _hold(context, question)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _hold(context: AiContext, question: ConversationQuestion) -> None:
    async with context.database.tenant_session(question.tenant_id) as session:
        if not await repository.change(session, question, due_at=datetime.now(UTC) + LEASE):
            raise _Overtaken


async def _show_typing(context: AiContext, question: ConversationQuestion) -> None:
    """Worth one attempt."""
    with suppress(Problem):
        await context.messaging.show_assistant_typing(
            question.tenant_id, question.conversation_id, question.message_id, assistant_id=question.assistant_id
        )


async def _unless_gone(call: Awaitable[Result]) -> Result:
    try:
        return await call
    except (NotFound, ServiceRefused) as refused:
        raise _Gone(refused.code) from None


async def _drop(context: AiContext, question: ConversationQuestion) -> None:
    async with context.database.tenant_session(question.tenant_id) as session:
        if await repository.settle(session, question, "dropped") and question.answer_id is not None:
            await repository.forget_texts(session, [question.answer_id])


async def _forget_if_dropped(context: AiContext, question: ConversationQuestion) -> None:
    """Its message may have been deleted while the answer was written."""
    async with context.database.tenant_session(question.tenant_id) as session:
        if question.answer_id is not None and await repository.state_of(session, question.id) == "dropped":
            await repository.forget_texts(session, [question.answer_id])


async def _postpone(context: AiContext, question: ConversationQuestion) -> None:
    now, failures = datetime.now(UTC), question.failures + 1
    if question.created_at < now - OUTDATED:
        await _drop(context, question)
        return
    pause = min(timedelta(seconds=2**failures), LONGEST_PAUSE)
    async with context.database.tenant_session(question.tenant_id) as session:
        await repository.change(session, question, failures=failures, due_at=now + pause)
