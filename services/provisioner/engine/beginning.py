"""What is settled when a deployment first runs: what the stack was before, and what kind of work that leaves."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from services.provisioner.deployments import repository as deployments
from services.provisioner.deployments.models import Deployment
from services.provisioner.engine.journal import Journal
from services.provisioner.engine.plan import planned_steps
from services.provisioner.engine.recipes import Recipes
from services.provisioner.resources import repository as resources
from services.provisioner.stacks import repository as stacks
from services.provisioner.stacks.desired_state import DesiredState
from services.provisioner.stacks.models import Stack


class StackMissing(Exception):
    """A deployment's stack is not in the database, which its foreign key rules out."""


async def begin(journal: Journal, recipes: Recipes) -> Stack:
    """Reads the stack; at the first run also fixes what the deployment starts from.

    A conversion that waited for a creation which then failed has nothing to convert: it becomes a creation.
    """
    async with journal.database.tenant_session(journal.lease.tenant_id) as session:
        stack = await stacks.find_stack(session)
    if stack is None:
        raise StackMissing(str(journal.deployment.stack_id))
    if journal.deployment.started_at is None:
        async with journal.transaction(_start(journal.deployment, stack)) as session:
            if _has_nothing_to_convert(journal.deployment, stack):
                journal.steps = await _become_creation(session, journal, recipes)
            await resources.take_over(
                session,
                stack_id=stack.id,
                deployment_id=journal.deployment.id,
                steps=[step.name for step in journal.steps],
            )
            if stack.status == "ready":
                await stacks.update_stack(session, stack.id, {"status": "changing"})
    return stack


def _start(deployment: Deployment, stack: Stack) -> Mapping[str, Any]:
    values: dict[str, Any] = {"started_at": func.clock_timestamp(), "message": "At work."}
    if not deployment.pivoted:
        values |= {"previous": stack.observed, "previous_outputs": stack.outputs}
    if _has_nothing_to_convert(deployment, stack):
        values["kind"] = "create"
    return values


def _has_nothing_to_convert(deployment: Deployment, stack: Stack) -> bool:
    return deployment.kind == "convert" and stack.observed is None and not deployment.pivoted


async def _become_creation(session: AsyncSession, journal: Journal, recipes: Recipes) -> list[Any]:
    deployment = journal.deployment
    rows = planned_steps(
        recipes["create"],
        DesiredState.model_validate(deployment.desired),
        tenant_id=deployment.tenant_id,
        deployment_id=deployment.id,
    )
    await deployments.replace_steps(session, deployment.id, rows)
    return await deployments.list_steps(session, deployment.id)
