"""A business whose people talk with each other and with an assistant; its workers' steps are taken one by one."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select, update

from libs.common.audit import UsageRecorded
from libs.common.consumer import Consumer
from libs.common.events import Event
from libs.common.ids import new_id
from libs.common.messages import Delivery
from libs.common.platform_tables import OutboxRow
from libs.contracts.ai import AssistantChanged
from libs.contracts.messaging import AssistantAsked, MessageDeleted
from services.ai.answers.models import Answer
from services.ai.app import SERVICE as AI
from services.ai.context import AiContext
from services.ai.conversations.answering import take_up
from services.ai.conversations.loop import claim
from services.ai.conversations.models import ConversationQuestion
from services.ai.documents.models import Document, DocumentReader
from services.ai.index import writing
from services.ai.models import LocalModelSettings, ModelEvent, ModelRequest, Models
from services.ai.models.local import LocalModel
from services.ai.passages.splitting import Passage
from services.messaging.app import SERVICE as MESSAGING
from services.messaging.context import MessagingContext
from tests.services.ai import people as of_ai
from tests.services.messaging import people as of_messaging
from tests.services.messaging.world import join_business
from tests.support.billing import Billing
from tests.support.identities import access_token, bearer

PRICES = "A loaf of rye bread costs four euros and twenty cents. We open at six o'clock in the morning."
QUESTION = "What does a loaf of rye bread cost?"
Talk = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Office:
    """`owner` and `member` talk in messaging; `assistant` answers there from the knowledge base `base`."""

    ai: AiContext
    messaging: MessagingContext
    tenant_id: UUID
    manager: of_ai.Person
    owner: of_messaging.Person
    member: of_messaging.Person
    other: of_messaging.Person
    base: str
    assistant: str

    async def knows(
        self,
        text: str,
        *,
        roles: Sequence[str] = (),
        people: Sequence[of_messaging.Person] = (),
        name: str = "prices.md",
    ) -> None:
        """A document that is ready; a restricted one where roles or people are named."""
        now, document_id = datetime.now(UTC), new_id()
        model = self.ai.embeddings.default
        document = Document(
            tenant_id=self.tenant_id,
            id=document_id,
            knowledge_base_id=UUID(self.base),
            name=name,
            content_type="text/markdown",
            size=len(text),
            sha256=document_id.hex * 2,
            language="en",
            passages=1,
            audience="restricted" if roles or people else "members",
            state="ready",
            done=1,
            total=1,
            uploader_id=self.owner.id,
            version=1,
            created_at=now,
            updated_at=now,
        )
        passage = Passage(0, text, (), 3, 3, tokens=30)
        named = [{"role": role} for role in roles] + [{"user_id": person.id} for person in people]
        async with self.ai.database.tenant_session(self.tenant_id) as session:
            session.add(document)
            await session.flush()
            for one in named:
                session.add(DocumentReader(tenant_id=self.tenant_id, id=new_id(), document_id=document_id, **one))
            [passage_id] = await writing.add_passages(session, document, [passage])
            vectors = await model.embed([text])
            await writing.add_vectors(session, document, [passage_id], vectors, model=model.model)
            await writing.publish(session, document)

    async def direct(self, person: of_messaging.Person) -> Talk:
        return await person.opened(kind="direct", member_ids=[self.assistant])

    async def support(self, person: of_messaging.Person) -> Talk:
        return await person.opened(kind="support", member_ids=[self.assistant])

    async def group(self, *people: of_messaging.Person, **fields: Any) -> Talk:
        """Opened by the first of the people."""
        ids = [self.assistant, *(str(one.id) for one in people[1:])]
        return await people[0].opened(kind="group", title="Prices", member_ids=ids, **fields)

    async def asks(self, person: of_messaging.Person, talk: Talk, text: str = QUESTION) -> Talk:
        """A message that names the assistant."""
        return await person.send(talk, f"<@{self.assistant}> {text}")

    async def tell(self, *, times: int = 1) -> None:
        """Every event that one of the two announced is delivered to the other, so often."""
        to_ai = await _announced(self.messaging, self.tenant_id, AssistantAsked, MessageDeleted)
        to_messaging = await _announced(self.ai, self.tenant_id, AssistantChanged)
        for _ in range(times):
            await _deliver(Consumer("ai", AI.handlers(self.ai), database=self.ai.database, bus=self.ai.bus), to_ai)
            handlers = MESSAGING.handlers(self.messaging)
            consumer = Consumer("messaging", handlers, database=self.messaging.database, bus=self.messaging.bus)
            await _deliver(consumer, to_messaging)

    async def work(self, ai: AiContext | None = None) -> None:
        """What ai's worker does until nothing is due."""
        while claimed := await claim(ai or self.ai):
            for result in await asyncio.gather(
                *(take_up(ai or self.ai, one) for one in claimed), return_exceptions=True
            ):
                if isinstance(result, BaseException):
                    raise result

    async def answered(self, ai: AiContext | None = None) -> None:
        """Events are delivered, and answered."""
        await self.tell()
        await self.work(ai)

    async def lose_leases(self) -> None:
        """As if the time of workers that died, and all pauses, had passed."""
        due = update(ConversationQuestion).where(ConversationQuestion.state == "waiting")
        async with self.ai.database.tenant_session(self.tenant_id) as session:
            await session.execute(due.values(due_at=datetime.now(UTC) - timedelta(seconds=1)))

    async def said(self, talk: Talk, *, seen_by: of_messaging.Person | None = None) -> list[str]:
        """What the assistant said in a conversation, in order."""
        page = await (seen_by or self.owner).history(talk)
        return [one["text"] for one in page["items"] if one["sender_id"] == self.assistant]

    async def use(self, billing: Billing) -> tuple[int, int]:
        """Answers that billing has counted for the business, and those that are held."""
        async with self.ai.database.tenant_session(self.tenant_id) as session:
            bodies = list(await session.scalars(select(OutboxRow.body).where(OutboxRow.type == UsageRecorded.type)))
        await billing.hear(*(UsageRecorded.model_validate(body) for body in bodies))
        found = await billing.use(self.tenant_id, "ai_queries_per_month")
        return found["used"], found["held"]

    async def questions(self) -> list[ConversationQuestion]:
        async with self.ai.database.tenant_session(self.tenant_id) as session:
            rows = await session.scalars(select(ConversationQuestion).order_by(ConversationQuestion.seq))
            return list(rows)

    async def answers(self) -> list[Answer]:
        async with self.ai.database.tenant_session(self.tenant_id) as session:
            return list(await session.scalars(select(Answer).order_by(Answer.id)))


async def _announced(context: AiContext | MessagingContext, tenant_id: UUID, *kinds: type[Event]) -> list[Event]:
    by_type = {one.type: one for one in kinds}
    async with context.database.tenant_session(tenant_id) as session:
        rows = select(OutboxRow.type, OutboxRow.body).where(OutboxRow.type.in_(by_type)).order_by(OutboxRow.position)
        return [by_type[row.type].model_validate(row.body) for row in await session.execute(rows)]


async def _deliver(consumer: Consumer, events: Sequence[Event]) -> None:
    for event in events:
        body, name = event.model_dump_json(), str(event.id)
        await consumer.apply(Delivery(receipt=name, message_id=name, type=event.type, body=body, receive_count=1))


class SlowModel:
    """The local model, which begins to answer when it is let."""

    name = model = "slow"
    leaves_the_machine = False

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.let = asyncio.Event()
        self._local = LocalModel(LocalModelSettings())

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.asked.set()
        await self.let.wait()
        async with aclosing(self._local.stream(request)) as events:
            async for event in events:
                yield event


async def writing_slowly(office: Office) -> tuple[asyncio.Task[None], SlowModel]:
    """A worker that has begun to answer the one question that was asked, and its model."""
    model = SlowModel()
    await office.tell()
    [question] = await claim(office.ai)
    task = asyncio.create_task(take_up(replace(office.ai, models=Models([model])), question))
    await model.asked.wait()
    return task, model


@asynccontextmanager
async def opened_office(
    ai: AiContext, messaging: MessagingContext, ai_url: str, messaging_url: str
) -> AsyncIterator[Office]:
    tenant_id, owner_id = new_id(), new_id()
    async with AsyncExitStack() as stack:

        async def client(url: str, user_id: UUID, role: str) -> httpx.AsyncClient:
            headers = bearer(access_token(tenant_id, role=role, user_id=user_id))
            return await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=headers, timeout=30))

        async def person(user_id: UUID, role: str) -> of_messaging.Person:
            await join_business(messaging, tenant_id, user_id, role=role)
            opened = await client(messaging_url, user_id, role)
            return of_messaging.Person(id=user_id, tenant_id=tenant_id, client=opened)

        manager = of_ai.Person(id=owner_id, tenant_id=tenant_id, client=await client(ai_url, owner_id, "owner"))
        base = await manager.knowledge_base()
        office = Office(
            ai=ai,
            messaging=messaging,
            tenant_id=tenant_id,
            manager=manager,
            owner=await person(owner_id, "owner"),
            member=await person(new_id(), "member"),
            other=await person(new_id(), "member"),
            base=base,
            assistant=await manager.assistant(base),
        )
        await office.tell()
        yield office
        async with ai.database.tenant_session(tenant_id) as session:
            await session.execute(update(ConversationQuestion).values(state="dropped", due_at=None))
