"""Phase validate: the desired state is one that the plan and this account can bring about."""

from typing import ClassVar

from libs.common.http_client import ServiceUnavailable
from libs.common.problems import NotFound
from services.provisioner.engine.step import Done, NeedsOperator, Phase, Step, StepFailed
from services.provisioner.hosts.sizes import dedicated_size, shared_size
from services.provisioner.stack_apps.catalogue import load_catalogue
from services.provisioner.stacks.desired_state import PlanShape
from services.provisioner.steps.common import is_dedicated
from services.provisioner.steps.dependencies import Context, Dependencies


class CheckDesiredState(Step[Dependencies]):
    name: ClassVar[str] = "check_desired_state"
    phase: ClassVar[Phase] = "validate"

    async def ensure(self, context: Context) -> Done:
        desired, account = context.desired, context.dependencies.cloud.account
        if desired.base_domain != account.base_domain or desired.region != account.region:
            detail = f"{desired.base_domain} in {desired.region}; the account has {account.base_domain}"
            raise NeedsOperator("other_account", "The stack belongs to another account.", operator_detail=detail)
        unknown = set(desired.apps) - set(load_catalogue().business_apps())
        if unknown:
            raise StepFailed("app_unknown", f"There are no apps named {', '.join(sorted(unknown))}.")
        await self._check_plan(context)
        size = dedicated_size(desired.plan.memory_mib) if is_dedicated(context) else shared_size()
        if size is None:
            raise StepFailed("stack_too_large", "The plan's machine is too small for the stack.")
        return Done({"size": size, "hostname": desired.hostname})

    async def _check_plan(self, context: Context) -> None:
        try:
            plan = await context.dependencies.billing.get_plan(context.desired.plan.id)
        except NotFound:
            raise StepFailed("plan_unknown", "The plan is not for sale any more.") from None
        except ServiceUnavailable as error:
            message = "The plan could not be looked up."
            raise StepFailed("billing_unavailable", message, operator_detail=str(error), retryable=True) from error
        if PlanShape.of(plan) != context.desired.plan:
            await context.log("The plan has changed since it was chosen; the stack is built as it was chosen.")

    async def compensate(self, context: Context) -> Done:
        return Done()
