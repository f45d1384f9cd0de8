"""A deployment's story as server-sent events: what has happened, then what happens, until it has ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi.sse import ServerSentEvent

from libs.common.bell import Bell
from libs.common.database import Database
from services.provisioner.deployments import repository
from services.provisioner.deployments.models import Deployment, DeploymentEvent
from services.provisioner.deployments.repository import UNFINISHED

BATCH = 200
LISTENING_SECONDS = 2.0
POLLING_SECONDS = 0.25
RETRY_MILLISECONDS = 1000
EXPIRED = "The access token expired. Come back with a new one and the id of the last event."


async def follow(
    database: Database, bell: Bell, *, tenant_id: UUID, deployment_id: UUID, after: int, until: datetime
) -> AsyncIterator[ServerSentEvent]:
    """Every event after number `after`, in order, then `end`; or `reauthenticate` at the moment `until`.

    Waits for PostgreSQL's NOTIFY, and looks every few seconds for one that was lost.
    """
    with bell.heard(str(deployment_id)) as rung:
        while datetime.now(UTC) < until:
            rung.clear()
            deployment, events = await _news(database, tenant_id, deployment_id, after)
            for event in events:
                after = event.seq
                yield _sse(event)
            if len(events) == BATCH:
                continue
            if deployment is None or (deployment.status not in UNFINISHED and deployment.last_seq <= after):
                yield _end(deployment)
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(_patience(bell, until)):
                    await rung.wait()
    yield ServerSentEvent(event="reauthenticate", data={"message": EXPIRED})


def _patience(bell: Bell, until: datetime) -> float:
    left = max(timedelta(), until - datetime.now(UTC)).total_seconds()
    return min(left, LISTENING_SECONDS if bell.connected else POLLING_SECONDS)


async def _news(
    database: Database, tenant_id: UUID, deployment_id: UUID, after: int
) -> tuple[Deployment | None, list[DeploymentEvent]]:
    async with database.tenant_session(tenant_id) as session:
        # The deployment is read first: what ended before is then certainly among the events.
        deployment = await repository.find_deployment(session, deployment_id)
        return deployment, await repository.list_events(session, deployment_id, after=after, limit=BATCH)


def _sse(event: DeploymentEvent) -> ServerSentEvent:
    data = {**event.data, "at": event.created_at.isoformat()}
    return ServerSentEvent(id=str(event.seq), event=event.kind, data=data, retry=RETRY_MILLISECONDS)


def _end(deployment: Deployment | None) -> ServerSentEvent:
    status = "gone" if deployment is None else deployment.status
    message = "" if deployment is None else deployment.message
    return ServerSentEvent(event="end", data={"status": status, "message": message})
