"""Phase applications: the bundle is made, handed to the host's agent, and the apps come up."""

from typing import ClassVar
from uuid import UUID

from pydantic import JsonValue

from libs.contracts.hosts import StackApplied, StackRef
from services.provisioner.engine.step import Done, Phase, Step, StepFailed, Wait
from services.provisioner.hosts.models import StackReportRow
from services.provisioner.hosts.payloads import BundleOrder, render_bundle
from services.provisioner.hosts.reports import find_report, forget_report
from services.provisioner.steps.common import has_rds, is_dedicated
from services.provisioner.steps.dependencies import Context, Dependencies
from services.provisioner.steps.host_commands import told

LOOK_SECONDS = 15.0
"""A report that says something new wakes the deployment; this is how soon a lost wake is noticed."""


def order_in(outputs: object) -> BundleOrder:
    """The order that a `render_bundle` step put out."""
    return BundleOrder.model_validate(outputs)


class RenderBundle(Step[Dependencies]):
    """Settles what the host is to run, and proves that it can be rendered and fits. Values of secrets stay behind."""

    name: ClassVar[str] = "render_bundle"
    phase: ClassVar[Phase] = "applications"

    async def ensure(self, context: Context) -> Done:
        order = BundleOrder(
            generation=context.deployment.generation,
            site_name=context.desired.site_name,
            domain=context.desired.base_domain,
            size=context.output("check_desired_state", "size"),
            scheme=context.dependencies.rules.scheme,
            mode=context.desired.mode,
            ingress_port=int(str(context.outputs["host"]["ingress_port"])),
            mysql_host=context.output("relational_database", "host") if has_rds(context) else None,
        )
        stack = StackRef(slug=context.stack.slug, tenant_id=context.tenant_id)
        bundle = await render_bundle(context.dependencies.secrets, stack, order)
        memory = {"memory_mib": bundle.memory_mib, "containers": len(bundle.apps)}
        return Done({"order": order.model_dump(mode="json"), **memory})

    async def compensate(self, context: Context) -> Done:
        return Done()


class ApplyBundle(Step[Dependencies]):
    name: ClassVar[str] = "apply_bundle"
    phase: ClassVar[Phase] = "applications"

    async def ensure(self, context: Context) -> Done | Wait:
        order = order_in(context.outputs["render_bundle"]["order"])
        host_id = UUID(context.output("host", "host_id"))
        waiting = "The host is starting the apps."
        result = await told(context, host_id, "apply_stack", order.model_dump(mode="json"), waiting=waiting)
        if isinstance(result, Wait):
            return result
        if not isinstance(result.result, StackApplied) or result.result.generation != order.generation:
            raise StepFailed("wrong_answer", "The host answered something else.", operator_detail=repr(result.result))
        return Done({"generation": order.generation})

    async def compensate(self, context: Context) -> Done | Wait:
        """A machine of its own goes as a whole. A shared one forgets the stack with its volumes: nobody was served
        from them yet."""
        host_id = UUID(context.output("host", "host_id"))
        if not is_dedicated(context):
            waiting = "The host is removing the apps."
            result = await told(context, host_id, "remove_stack", {"delete_data": True}, waiting=waiting)
            if isinstance(result, Wait):
                return result
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            await forget_report(session, context.stack.id, host_id)
        return Done()


class ApplicationsHealthy(Step[Dependencies]):
    """Every container of the stack is healthy by the word of its host."""

    name: ClassVar[str] = "applications_healthy"
    phase: ClassVar[Phase] = "applications"

    async def ensure(self, context: Context) -> Done | Wait:
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            report = await find_report(session, context.stack.id, UUID(context.output("host", "host_id")))
        if report is None or report.generation != context.deployment.generation:
            return Wait(LOOK_SECONDS, "Waiting for the host's report.")
        if not report.healthy:
            return Wait(LOOK_SECONDS, f"Waiting for {_unhealthy(report)}.")
        return Done({"apps": list[JsonValue](sorted(report.apps))})

    async def compensate(self, context: Context) -> Done:
        return Done()


def _unhealthy(report: StackReportRow) -> str:
    return ", ".join(sorted(name for name, app in report.apps.items() if app["status"] != "healthy"))
