"""Messages that were sent in months long past, each test's in a month of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from libs.adapters.history import History
from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.history import lookups, months
from services.messaging.history.filling import fill_once
from services.messaging.messages import service
from services.messaging.messages.models import Message
from services.messaging.stream.relay import relay_once
from tests.services.messaging.people import Team, message_path

_MONTHS = count()


@dataclass(frozen=True, kw_only=True)
class OldMonth:
    """A month with `messages` in `conversation`, as the API shows them; in the others are two later ones."""

    month: date
    conversation: dict[str, Any]
    messages: Sequence[dict[str, Any]]

    @property
    def first(self) -> datetime:
        return months.start(self.month)

    @property
    def end(self) -> datetime:
        return months.start(months.later(self.month, 1))


def id_in(moment: datetime) -> UUID:
    """A UUIDv7 of that moment (RFC 9562 §5.7)."""
    rest = new_id().int & ((1 << 80) - 1)
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | rest)


async def send_in(
    context: MessagingContext,
    team: Team,
    conversation: dict[str, Any],
    moment: datetime,
    text: str,
    *,
    sender: int = 0,
    thread_root_id: UUID | None = None,
) -> dict[str, Any]:
    """Sends as if it were that moment; the message as the API shows it."""
    draft = service._Draft(
        tenant_id=team.tenant_id,
        message_id=id_in(moment),
        conversation_id=UUID(conversation["id"]),
        sender_id=team[sender].id,
        client_message_id=new_id(),
        thread_root_id=thread_root_id,
        text=text,
        attachment_ids=(),
        now=moment,
    )
    ring = await context.rings.ring(team.tenant_id)
    async with context.database.tenant_session(team.tenant_id) as session:
        answer = await service._write_first(session, draft, ring)
    assert answer is not None
    return answer.model_dump(mode="json")


async def new_old_month(context: MessagingContext, team: Team, *, followed: bool = True) -> OldMonth:
    """Five messages of a past month (one edited, one deleted, one a reply, two reacted to).

    If they are `followed`, then by two of today.
    """
    month = months.later(date(2001, 1, 1), next(_MONTHS))
    async with context.database.system_session() as session:
        assert await lookups.add_month(session, month)
    conversation = await team[0].group(team[1])
    moments = [months.start(month) + timedelta(days=day) for day in range(1, 6)]
    sent = [
        await send_in(context, team, conversation, moment, f"Otter number {number}", sender=number % 2)
        for number, moment in enumerate(moments[:4])
    ]
    root = UUID(sent[0]["id"])
    sent.append(await send_in(context, team, conversation, moments[4], "A reply", thread_root_id=root))
    await team[1].ask("PATCH", message_path(sent[1]), {"text": "Otter number one"})
    await team[0].ask("DELETE", message_path(sent[2]))
    for person, emoji in ((0, "👍"), (1, "👍"), (1, "🦦")):
        await team[person].ask("PUT", f"{message_path(sent[0])}/reactions/{emoji}")
    await team[0].ask("PUT", f"{message_path(sent[3])}/reactions/🎉")
    for number in range(2 if followed else 0):
        await team[0].send(conversation, f"Today's number {number}")
    now = [await team[0].ask("GET", message_path(message)) for message in sent]
    return OldMonth(month=month, conversation=conversation, messages=now)


async def fill(context: MessagingContext, history: History) -> None:
    """Everything that was written is relayed and put into the archive."""
    while await relay_once(context.database, context.cache, archived=True):
        pass
    while await fill_once(context.database, history):
        pass


async def count_here(context: MessagingContext, month: OldMonth) -> int:
    """How many messages of the month PostgreSQL holds."""
    async with context.database.system_session() as session:
        here = select(func.count()).where(Message.id >= id_bound(month.first), Message.id < id_bound(month.end))
        return await session.scalar(here) or 0


def id_bound(moment: datetime) -> UUID:
    """What the first id of a moment is not below."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
