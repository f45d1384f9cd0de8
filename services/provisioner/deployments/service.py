"""The rules of deployments: one per cause, one at a time per stack, cancelled before the pivot, retried if failed."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import announce
from libs.common.ids import new_id
from libs.contracts.provisioner import DeploymentChanged, DeploymentStatus
from services.provisioner.deployments import repository
from services.provisioner.deployments.errors import (
    AlreadyGoingBack,
    DeploymentFinished,
    DeploymentNotFound,
    NotFailed,
    PastThePivot,
    Superseded,
)
from services.provisioner.deployments.models import Deployment
from services.provisioner.engine.plan import continued_steps, planned_steps
from services.provisioner.engine.recipes import Recipes
from services.provisioner.stacks import repository as stacks
from services.provisioner.stacks.desired_state import DesiredState
from services.provisioner.stacks.models import Stack

REPAIR = "repair"
QUEUED = "Waiting for a worker to begin."
CANCEL_REQUESTED = {"message": "Cancellation was asked for.", "code": "cancel_requested"}
FAILED = frozenset({"rolled_back", "rollback_failed", "canceled", "needs_customer", "needs_operator"})


async def request_deployment(
    session: AsyncSession,
    stack: Stack,
    *,
    kind: str,
    cause: str,
    recipes: Recipes,
    only: frozenset[str] | None = None,
) -> UUID:
    """Queues a deployment that brings `stack` to its desired state, and returns its id.

    `cause` (an event's id, say) makes one deployment, however often it is given. The stack's row must be locked by
    the session and have a desired state. Queued deployments of one stack run one after the other. A `repair` runs
    those steps of the `create` recipe that `only` names.
    """
    desired = DesiredState.model_validate(stack.desired)
    deployment_id = new_id()
    recipe = recipes["create" if kind == REPAIR else kind]
    wanted = tuple(entry for entry in recipe if only is None or entry.step in only)
    steps = planned_steps(wanted, desired, tenant_id=stack.tenant_id, deployment_id=deployment_id)
    values = _new_values(stack, deployment_id, kind=kind, cause=cause) | {"steps_total": len(steps)}
    if not await repository.insert_deployment(session, values):
        return await _known(session, cause)
    await repository.insert_steps(session, steps)
    await _tell_queued(session, stack.tenant_id, deployment_id, stack.id, kind)
    if stack.status in {"pending", "error"}:
        stack.status = "provisioning"
    return deployment_id


def _new_values(stack: Stack, deployment_id: UUID, *, kind: str, cause: str) -> dict[str, object]:
    return {
        "tenant_id": stack.tenant_id,
        "id": deployment_id,
        "stack_id": stack.id,
        "kind": kind,
        "cause": cause,
        "status": "queued",
        "message": QUEUED,
        "desired": stack.desired,
        "generation": stack.desired_generation,
        "previous_outputs": {},
        "last_seq": 1,
        "version": 1,
    }


async def _known(session: AsyncSession, cause: str) -> UUID:
    known = await repository.find_by_cause(session, cause)
    if known is None:
        raise LookupError(f"the deployment of {cause} belongs to another tenant")
    return known.id


async def _tell_queued(session: AsyncSession, tenant_id: UUID, deployment_id: UUID, stack_id: UUID, kind: str) -> None:
    event = ("deployment", {"status": "queued", "progress": 0, "message": QUEUED})
    await repository.insert_events(session, tenant_id, deployment_id, first_seq=1, events=[event])
    await announce(session, changed(tenant_id, deployment_id, stack_id, kind, "queued", version=1))
    await repository.ring(session)


def changed(
    tenant_id: UUID, deployment_id: UUID, stack_id: UUID, kind: str, status: DeploymentStatus, *, version: int
) -> DeploymentChanged:
    """The event that says where a deployment has come to."""
    return DeploymentChanged(
        tenant_id=tenant_id, version=version, deployment_id=deployment_id, stack_id=stack_id, kind=kind, status=status
    )


async def cancel_deployment(session: AsyncSession, deployment_id: UUID) -> Deployment:
    """Asks the engine to stop and to take back what was made; asking again is no error.

    Raises:
        DeploymentNotFound, DeploymentFinished, PastThePivot, AlreadyGoingBack
    """
    deployment = await repository.find_deployment(session, deployment_id, lock=True)
    if deployment is None:
        raise DeploymentNotFound
    if deployment.status not in repository.UNFINISHED:
        raise DeploymentFinished
    if deployment.pivoted:
        raise PastThePivot
    if deployment.cancel_requested_at is None:
        if deployment.direction == "back":
            raise AlreadyGoingBack
        await repository.request_cancel(session, deployment_id)
        await repository.append_event(session, deployment, "log", CANCEL_REQUESTED)
    return deployment


async def retry_deployment(session: AsyncSession, deployment_id: UUID, *, recipes: Recipes) -> UUID:
    """Queues a new deployment in place of one that failed; it adopts what that one left. Asking again gives the same.

    One that failed after its pivot is gone on with from the step that failed; any other begins anew with the stack's
    present desired state.

    Raises:
        DeploymentNotFound, NotFailed, Superseded
    """
    failed = await repository.find_deployment(session, deployment_id)
    if failed is None:
        raise DeploymentNotFound
    if failed.status not in FAILED:
        raise NotFailed
    stack = await stacks.lock_stack(session, failed.tenant_id, region="")
    cause = f"retry:{failed.id}"
    known = await repository.find_by_cause(session, cause)
    if known is not None:
        return known.id
    if await repository.newest_of_stack(session, failed.stack_id) != failed.id:
        raise Superseded
    if failed.pivoted:
        return await _go_on(session, stack, failed, cause=cause)
    kind = "create" if stack.observed is None else failed.kind
    return await request_deployment(session, stack, kind=kind, cause=cause, recipes=recipes)


async def _go_on(session: AsyncSession, stack: Stack, failed: Deployment, *, cause: str) -> UUID:
    deployment_id = new_id()
    steps = continued_steps(await repository.list_steps(session, failed.id), deployment_id=deployment_id)
    values = _new_values(stack, deployment_id, kind=failed.kind, cause=cause) | {
        "retry_of": failed.id,
        "pivoted": True,
        "desired": failed.desired,
        "generation": failed.generation,
        "previous": failed.previous,
        "previous_outputs": failed.previous_outputs,
        "steps_total": len(steps),
        "steps_done": sum(step["status"] == "done" for step in steps),
    }
    await repository.insert_deployment(session, values)
    await repository.insert_steps(session, steps)
    await _tell_queued(session, stack.tenant_id, deployment_id, stack.id, failed.kind)
    return deployment_id
