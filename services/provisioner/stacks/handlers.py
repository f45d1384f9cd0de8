"""What the provisioner does when others tell of tenants and payments."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.mail.outgoing import promise_mail
from libs.common.access_mode import apply_access_change
from libs.common.events import Event, Handler
from libs.contracts.auth import TenantCreated
from libs.contracts.billing import SubscriptionActivated, TenantAccessChanged
from libs.contracts.provisioner import WelcomeRequested
from services.provisioner.mails.models import OutgoingMail
from services.provisioner.stacks.desired_state import PlanShape
from services.provisioner.stacks.service import want_plan, want_stack

if TYPE_CHECKING:
    from services.provisioner.context import ProvisionerContext


def stack_handlers(context: "ProvisionerContext") -> Mapping[type[Event], Handler]:
    """The handlers by event. They ask auth and billing; if one is down, the event comes again."""

    async def create_stack(session: AsyncSession, event: TenantCreated) -> None:
        tenant = await context.auth.get_tenant(event.tenant_id)
        plan = await context.billing.get_trial_plan()
        await want_stack(
            session,
            tenant_id=event.tenant_id,
            slug=event.slug,
            site_name=tenant.name,
            owner_user_id=event.user_id,
            plan=PlanShape.of(plan),
            cause=event.id,
            defaults=context.defaults,
            recipes=context.recipes,
        )

    async def convert_stack(session: AsyncSession, event: SubscriptionActivated) -> None:
        plan = await context.billing.get_plan(event.plan)
        await want_plan(
            session,
            tenant_id=event.tenant_id,
            plan=PlanShape.of(plan),
            version=event.version,
            cause=event.id,
            defaults=context.defaults,
            recipes=context.recipes,
        )

    async def promise_welcome(session: AsyncSession, event: WelcomeRequested) -> None:
        await promise_mail(
            session,
            OutgoingMail,
            {"tenant_id": event.tenant_id},
            kind="welcome",
            parameters={"host_kind": event.host_kind},
            mail_id=event.id,
        )

    return {
        TenantCreated: create_stack,
        SubscriptionActivated: convert_stack,
        WelcomeRequested: promise_welcome,
        TenantAccessChanged: apply_access_change,
    }
