"""Assistants as messaging's tests see them: what ai tells of them, asks, and has said."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from libs.common.ids import new_id
from libs.common.platform_tables import OutboxRow
from libs.contracts.ai import AssistantChanged
from libs.contracts.messaging import AssistantAsked
from services.messaging.assistants.handlers import on_assistant_changed
from services.messaging.context import MessagingContext
from tests.services.messaging.people import Person


async def new_assistant(context: MessagingContext, tenant_id: UUID) -> UUID:
    """One that ai has told of."""
    assistant_id = new_id()
    await tell(context, tenant_id, assistant_id)
    return assistant_id


async def tell(
    context: MessagingContext, tenant_id: UUID, assistant_id: UUID, *, active: bool = True, version: int = 1
) -> None:
    """ai tells that an assistant was made, changed or deleted."""
    event = AssistantChanged(tenant_id=tenant_id, assistant_id=assistant_id, active=active, version=version)
    async with context.database.tenant_session(tenant_id) as session:
        await on_assistant_changed(session, event)


async def asked(context: MessagingContext, tenant_id: UUID) -> list[AssistantAsked]:
    """What assistants were asked, in order."""
    async with context.database.tenant_session(tenant_id) as session:
        rows = select(OutboxRow.body).where(OutboxRow.type == AssistantAsked.type).order_by(OutboxRow.position)
        return [AssistantAsked.model_validate(body) for body in await session.scalars(rows)]


async def messages_asked(context: MessagingContext, tenant_id: UUID) -> list[str]:
    """The messages that assistants were asked by."""
    return [str(one.message_id) for one in await asked(context, tenant_id)]


async def with_assistant(person: Person, assistant_id: UUID, *people: Person, **body: Any) -> dict[str, Any]:
    """A conversation that the person opens, with the assistant in it."""
    ids = [str(assistant_id), *(str(one.id) for one in people)]
    titled: Mapping[str, Any] = {"title": "Front of house"} if body["kind"] == "group" else {}
    return await person.opened(member_ids=ids, **titled, **body)
