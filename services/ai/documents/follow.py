"""The documents of a knowledge base as server-sent events: how each is, then each change, until the token expires."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi.sse import ServerSentEvent

from libs.common.members import Member
from services.ai.context import AiContext
from services.ai.documents import repository, service
from services.ai.documents.schemas import DocumentAnswer

BATCH = 200
LISTENING_SECONDS = 2.0
POLLING_SECONDS = 0.25
RETRY_MILLISECONDS = 1000
PACE_SECONDS = 0.2
"""Changes of many documents come together, at most so often."""
EXPIRED = "The access token expired. Come back with a new one and the id of the last event."


async def follow(
    context: AiContext, member: Member, knowledge_base_id: UUID, *, after: int, until: datetime
) -> AsyncIterator[ServerSentEvent]:
    """Every document that changed after the change `after`, as it is, again and again; then `reauthenticate`.

    Waits for PostgreSQL's NOTIFY, and looks every few seconds for one that was lost.
    """
    yield ServerSentEvent(comment="from here on")  # else an empty knowledge base would seem not to answer
    with context.changes.heard() as rung:
        while datetime.now(UTC) < until:
            rung.clear()
            news = await _news(context, member, knowledge_base_id, after)
            for change, answer in news:
                after = change
                yield _sse(change, answer)
            if len(news) == BATCH:
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(_patience(context, until)):
                    await rung.wait()
            await asyncio.sleep(PACE_SECONDS)
    yield ServerSentEvent(event="reauthenticate", data={"message": EXPIRED})


async def _news(
    context: AiContext, member: Member, knowledge_base_id: UUID, after: int
) -> list[tuple[int, DocumentAnswer]]:
    async with context.database.tenant_session(member.tenant_id) as session:
        found = await repository.changed(
            session, knowledge_base_id, seen_by=service.seen_by(member), after=after, limit=BATCH
        )
        answers = await service.answers(session, member, found)
    return [(document.version, answer) for document, answer in zip(found, answers, strict=True)]


def _sse(change: int, answer: DocumentAnswer) -> ServerSentEvent:
    # One that is being deleted is gone for whoever looks.
    kind = "gone" if answer.state == "deleting" else "document"
    data = {"id": str(answer.id)} if kind == "gone" else answer.model_dump(mode="json")
    return ServerSentEvent(id=str(change), event=kind, data=data, retry=RETRY_MILLISECONDS)


def _patience(context: AiContext, until: datetime) -> float:
    left = max(timedelta(), until - datetime.now(UTC)).total_seconds()
    return min(left, LISTENING_SECONDS if context.changes.connected else POLLING_SECONDS)
