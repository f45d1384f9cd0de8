"""A tenant's deployments: list, look, follow live, cancel, retry."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from libs.common.audit import record_audit
from libs.common.paging import Page, page_of
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from libs.common.request_context import current_request_id
from services.provisioner.deployments import repository, service, views
from services.provisioner.deployments.errors import (
    AlreadyGoingBack,
    DeploymentFinished,
    DeploymentNotFound,
    NotFailed,
    PastThePivot,
    Superseded,
)
from services.provisioner.deployments.expectations import expected_seconds
from services.provisioner.deployments.models import Deployment
from services.provisioner.deployments.schemas import DeploymentLine, DeploymentView, RetryAnswer
from services.provisioner.deployments.stream import follow
from services.provisioner.deps import Canceler, Context, Paging, Reader, Retrier

router = APIRouter(prefix="/v1/deployments", tags=["Deployments"])
QUERY = "deployments"


@router.get(
    "",
    summary="List deployments, newest first",
    operation_id="list_deployments",
    responses=problem_responses(BadCursor, Unauthenticated, Forbidden),
)
async def list_deployments(member: Reader, context: Context, paging: Paging) -> Page[DeploymentLine]:
    """All runs of the pipeline for this business's stack."""
    after: tuple[datetime, UUID] | None = None
    if paging.cursor is not None:
        created_at, last_id = context.cursors.decode(paging.cursor, tenant_id=member.tenant_id, query=QUERY)
        after = datetime.fromisoformat(created_at), UUID(last_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        found = await repository.list_deployments(session, limit=paging.limit + 1, after=after)

    def cursor_after(last: Deployment) -> str:
        position = [last.created_at.isoformat(), str(last.id)]
        return context.cursors.encode(position, tenant_id=member.tenant_id, query=QUERY)

    items, next_cursor = page_of(found, limit=paging.limit, cursor_after=cursor_after)
    return Page(items=[views.line(deployment) for deployment in items], next_cursor=next_cursor)


@router.get(
    "/{deployment_id}",
    summary="Look at a deployment",
    operation_id="get_deployment",
    responses=problem_responses(DeploymentNotFound, Unauthenticated, Forbidden),
)
async def get_deployment(deployment_id: UUID, member: Reader, context: Context) -> DeploymentView:
    """Its eight phases with their steps, how far it is, how long it will take as a rule, and, when it failed, what
    happened and what to do next."""
    async with context.database.tenant_session(member.tenant_id) as session:
        deployment = await repository.find_deployment(session, deployment_id)
        if deployment is None:
            raise DeploymentNotFound
        steps = await repository.list_steps(session, deployment_id)
        medians = await repository.phase_medians(session, deployment.kind)
        newest = await repository.newest_of_stack(session, deployment.stack_id) == deployment_id
    expected = expected_seconds(deployment, steps, medians=medians, recipes=context.recipes)
    return views.view(deployment, steps, expected=expected, newest=newest, now=datetime.now(UTC))


async def _followed(deployment_id: UUID, member: Reader, context: Context) -> UUID:
    """The deployment's id, once it is known that the member may see it: a stream that began cannot answer 404."""
    async with context.database.tenant_session(member.tenant_id) as session:
        if await repository.find_deployment(session, deployment_id) is None:
            raise DeploymentNotFound
    return deployment_id


LastEventId = Annotated[
    int,
    Header(alias="Last-Event-ID", ge=0, le=2**53, description="The id of the last event seen; 0 for all."),
]


@router.get(
    "/{deployment_id}/events",
    summary="Follow a deployment live",
    operation_id="follow_deployment",
    response_class=EventSourceResponse,
    responses=problem_responses(DeploymentNotFound, Unauthenticated, Forbidden),
)
async def follow_deployment(
    deployment_id: Annotated[UUID, Depends(_followed)],
    member: Reader,
    context: Context,
    last_event_id: LastEventId = 0,
) -> AsyncIterator[ServerSentEvent]:
    """What happened so far and what happens, as `deployment`, `step` and `log` events, until `end`.

    The data of each is JSON with its moment (`at`). A `step` has `name`, `phase`, `status` and `progress`, and the
    `reason` of a wait or failure with, for an error, its `code`; a `log` has a `message` with its `step` and `phase`.
    `reauthenticate` ends the stream when the access token expires: come back with a new one and `Last-Event-ID`.
    """
    events = follow(
        context.database,
        context.changes,
        tenant_id=member.tenant_id,
        deployment_id=deployment_id,
        after=last_event_id,
        until=datetime.fromtimestamp(member.token.expires_at, UTC),
    )
    async for event in events:
        yield event


@router.post(
    "/{deployment_id}/cancel",
    status_code=202,
    summary="Cancel a deployment",
    operation_id="cancel_deployment",
    responses=problem_responses(
        DeploymentNotFound, DeploymentFinished, PastThePivot, AlreadyGoingBack, Unauthenticated, Forbidden
    ),
)
async def cancel_deployment(deployment_id: UUID, member: Canceler, context: Context) -> DeploymentLine:
    """Stops it after the step in hand and takes back what it made. Refused once the stack is being switched over."""
    async with context.database.tenant_session(member.tenant_id) as session:
        deployment = await service.cancel_deployment(session, deployment_id)
        await record_audit(
            session,
            tenant_id=member.tenant_id,
            actor=f"user:{member.user_id}",
            action="deployment.cancel",
            target=f"deployment:{deployment_id}",
            request_id=current_request_id(),
        )
        return views.line(deployment)


@router.post(
    "/{deployment_id}/retry",
    status_code=202,
    summary="Retry a deployment that failed",
    operation_id="retry_deployment",
    responses=problem_responses(DeploymentNotFound, NotFailed, Superseded, Unauthenticated, Forbidden),
)
async def retry_deployment(deployment_id: UUID, member: Retrier, context: Context) -> RetryAnswer:
    """Queues a new deployment, which uses what is left of the old one. Asking twice gives the same new one."""
    async with context.database.tenant_session(member.tenant_id) as session:
        new_id = await service.retry_deployment(session, deployment_id, recipes=context.recipes)
        await record_audit(
            session,
            tenant_id=member.tenant_id,
            actor=f"user:{member.user_id}",
            action="deployment.retry",
            target=f"deployment:{deployment_id}",
            request_id=current_request_id(),
        )
    return RetryAnswer(id=new_id)
