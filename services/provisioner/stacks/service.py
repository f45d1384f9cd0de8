"""The rules of stacks: events say what is wanted, in any order and any number of times; deployments bring it about."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.provisioner.deployments.service import request_deployment
from services.provisioner.engine.recipes import Recipes
from services.provisioner.stacks import repository
from services.provisioner.stacks.desired_state import DesiredState, PlanShape
from services.provisioner.stacks.models import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class StackDefaults:
    """What a new stack gets from the platform's settings."""

    region: str
    base_domain: str


async def want_stack(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    slug: str,
    site_name: str,
    owner_user_id: UUID,
    plan: PlanShape,
    cause: UUID,
    defaults: StackDefaults,
    recipes: Recipes,
) -> UUID | None:
    """A tenant came to be: queues the creation of its stack, and returns the deployment's id.

    If a payment was told of before, the stack is built for the paid plan at once. None if the tenant has a stack.
    """
    stack = await repository.lock_stack(session, tenant_id, region=defaults.region)
    if stack.desired is not None:
        return None
    paid = None if stack.plan is None else PlanShape.model_validate(stack.plan)
    desired = DesiredState(
        slug=slug,
        site_name=site_name,
        owner_user_id=owner_user_id,
        region=stack.region,
        base_domain=defaults.base_domain,
        plan=paid or plan,
    )
    _want(stack, desired)
    return await request_deployment(session, stack, kind="create", cause=f"event:{cause}", recipes=recipes)


async def want_plan(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    plan: PlanShape,
    version: int,
    cause: UUID,
    defaults: StackDefaults,
    recipes: Recipes,
) -> UUID | None:
    """A tenant paid for `plan`: queues the conversion of its stack, and returns the deployment's id.

    `version` orders what billing says: an older one that comes late changes nothing. None if there is nothing to do
    now: the tenant is not known yet (the plan is kept for `want_stack`), or the stack is on that plan.
    """
    stack = await repository.lock_stack(session, tenant_id, region=defaults.region)
    if version <= stack.plan_version:
        return None
    stack.plan, stack.plan_version = plan.model_dump(mode="json"), version
    if stack.desired is None:
        return None
    desired = DesiredState.model_validate(stack.desired)
    if desired.plan == plan:
        return None
    _want(stack, desired.model_copy(update={"plan": plan}))
    return await request_deployment(session, stack, kind="convert", cause=f"event:{cause}", recipes=recipes)


def _want(stack: Stack, desired: DesiredState) -> None:
    stack.slug, stack.desired = desired.slug, desired.model_dump(mode="json")
    stack.desired_generation += 1
