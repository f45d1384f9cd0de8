"""Events: what a service tells the others, written in the transaction that made it true.

An event carries ids, never names or addresses. A `StateEvent` says how an aggregate stands: the newest version wins.
A `FactEvent` says what happened once: each counts, by its id.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from opentelemetry.propagate import inject
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.platform_tables import OutboxRow

OUTBOX_CHANNEL = "outbox"


class Event(BaseModel):
    """Base of all events. Unknown fields are ignored, so that a newer sender never breaks an older reader."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str]

    id: UUID = Field(default_factory=new_id)
    tenant_id: UUID
    occurred_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class StateEvent(Event):
    """How an aggregate stands since `version`, which grows by one at each change."""

    version: int = Field(ge=1)


class FactEvent(Event):
    """Something that happened once."""


# The key in the mapping says which event a handler takes; a more exact type cannot be written for a whole mapping.
Handler = Callable[[AsyncSession, Any], Awaitable[None]]
Handlers = Mapping[type[Event], Handler]


async def announce(session: AsyncSession, *events: Event) -> None:
    """Writes events to the outbox; they are published if and only if the session commits."""
    trace_context: dict[str, str] = {}
    inject(trace_context)
    await session.execute(
        insert(OutboxRow),
        [
            {
                "tenant_id": event.tenant_id,
                "id": event.id,
                "type": event.type,
                "body": event.model_dump(mode="json"),
                "trace_context": trace_context,
            }
            for event in events
        ],
    )
    await session.execute(text(f"NOTIFY {OUTBOX_CHANNEL}"))
