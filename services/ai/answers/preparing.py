"""What must be true before an answer begins: who asks, which version answers, what plan and budgets allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.ai.answers import repository
from services.ai.answers.basis import hidden_from
from services.ai.answers.errors import ChatNotFound
from services.ai.answers.memory import MOST_ANSWERS
from services.ai.answers.models import Answer, Channel, Chat
from services.ai.answers.retrieval import SOURCES
from services.ai.assistants import service as assistants
from services.ai.assistants.models import AssistantVersion
from services.ai.context import AiContext
from services.ai.documents.access import Asker
from services.ai.limits.service import release, reserve_answer
from services.ai.models.prices import most_cents
from services.ai.passages.languages import language_of

TITLE = 80
FIXED_BYTES, BYTES_PER_TOKEN = 4_000, 6
"""What rules and marks add to a prompt, and the most that a token of passages and memory is long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as it comes from any channel. `asker` decides which documents may be searched, and it is counted for
    them."""

    tenant_id: UUID
    assistant_id: UUID
    asker: Asker
    text: str
    channel: Channel
    chat_id: UUID | None = None
    version: int | None = None

    @property
    def owner_id(self) -> UUID | None:
        """Whose the chat is: of nobody alone in a conversation, where several ask."""
        return None if self.channel == "conversation" else self.asker.user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A question that will be answered: what it may use is reserved, and its answer is `running`."""

    question: Question
    answer_id: UUID
    chat_id: UUID
    version: AssistantVersion
    earlier: Sequence[Answer]
    language: str


async def prepare(context: AiContext, question: Question) -> Prepared:
    """Reserves an answer and writes that it is running.

    Raises:
        AssistantNotFound, VersionNotFound, ChatNotFound, LimitReached, BudgetReached, ServiceUnavailable
    """
    answer_id = new_id()
    async with context.database.tenant_session(question.tenant_id) as session:
        version = await assistants.find(session, question.assistant_id, number=question.version)
        if question.chat_id is not None:
            await _chat(session, question)
    await reserve_answer(
        context,
        tenant_id=question.tenant_id,
        assistant_id=question.assistant_id,
        user_id=question.asker.user_id,
        answer_id=answer_id,
        may_cost=_may_cost(context, question, version),
    )
    try:
        async with context.database.tenant_session(question.tenant_id) as session:
            return await _begin(session, question, version, answer_id)
    except BaseException:
        await release(context, tenant_id=question.tenant_id, answer_id=answer_id)
        raise


def _may_cost(context: AiContext, question: Question, version: AssistantVersion) -> Decimal:
    """The most that the answer costs by any model that may be asked, in US cents, before it is known what is found."""
    if version.model is not None and version.model not in context.models.names:
        return Decimal(0)
    tokens = version.memory_tokens + SOURCES * max(
        context.embeddings[one].most_tokens for one in context.embeddings.names
    )
    written = len(f"{version.instructions}{question.text}".encode())
    return max(
        most_cents(
            model.model,
            prompt_bytes=FIXED_BYTES + written + tokens * BYTES_PER_TOKEN,
            answer_tokens=version.most_tokens,
        )
        for model in context.models.order(version.model)
    )


async def _begin(session: AsyncSession, question: Question, version: AssistantVersion, answer_id: UUID) -> Prepared:
    now, language = datetime.now(UTC), language_of(question.text)
    if question.chat_id is None:
        chat = Chat(
            tenant_id=question.tenant_id,
            id=new_id(),
            assistant_id=question.assistant_id,
            user_id=question.owner_id,
            channel=question.channel,
            title=question.text[:TITLE],
            created_at=now,
            updated_at=now,
        )
        await repository.add_chat(session, chat)
    else:
        chat = await _chat(session, question)
    earlier = await earlier_answers(session, question)
    answer = Answer(
        tenant_id=question.tenant_id,
        id=answer_id,
        chat_id=chat.id,
        assistant_id=question.assistant_id,
        version=version.number,
        question=question.text,
        text="",
        language=language,
        state="running",
        found=False,
        citations=[],
        sources=[],
        input_tokens=0,
        output_tokens=0,
        cache_read_tokens=0,
        cache_write_tokens=0,
        cents=0,
        created_at=now,
    )
    await repository.add(session, answer)
    return Prepared(
        question=question,
        answer_id=answer_id,
        chat_id=chat.id,
        version=version,
        earlier=earlier,
        language=language,
    )


async def earlier_answers(session: AsyncSession, question: Question) -> Sequence[Answer]:
    """What was said in the question's chat and the asker may still see, the latest first. Raises ChatNotFound."""
    if question.chat_id is None:
        return ()
    chat = await _chat(session, question)
    found = await repository.of_chat(session, chat.id, before=None, limit=MOST_ANSWERS)
    hidden = await hidden_from(session, question.asker, found)
    return [one for one in found if one.id not in hidden]


async def _chat(session: AsyncSession, question: Question) -> Chat:
    if question.chat_id is None:
        raise ChatNotFound
    chat = await repository.find_chat(session, question.chat_id, user_id=question.owner_id)
    if chat is None or (chat.assistant_id, chat.channel) != (question.assistant_id, question.channel):
        raise ChatNotFound
    return chat
