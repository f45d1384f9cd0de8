"""The events that begin deployments, with handlers that want stacks and plans as the provisioner's own do."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import Handlers
from libs.contracts.auth import TenantCreated
from libs.contracts.billing import SubscriptionActivated
from services.provisioner.stacks.service import want_plan, want_stack
from tests.services.provisioner.engine.factories import BUSINESS, DEFAULTS, TRIAL
from tests.services.provisioner.engine.world import recipes_of

QUEUE: Final = "provisioner"


def created(tenant_id: UUID) -> TenantCreated:
    return TenantCreated(tenant_id=tenant_id, user_id=tenant_id, slug=f"acme-{tenant_id.hex[:8]}", plan="trial")


async def _want_stack(session: AsyncSession, event: TenantCreated) -> None:
    await want_stack(
        session,
        tenant_id=event.tenant_id,
        slug=event.slug,
        site_name="Acme",
        owner_user_id=event.user_id,
        plan=TRIAL,
        cause=event.id,
        defaults=DEFAULTS,
        recipes=recipes_of(),
    )


async def _want_plan(session: AsyncSession, event: SubscriptionActivated) -> None:
    await want_plan(
        session,
        tenant_id=event.tenant_id,
        plan=BUSINESS,
        version=event.version,
        cause=event.id,
        defaults=DEFAULTS,
        recipes=recipes_of(),
    )


def handlers() -> Handlers:
    return {TenantCreated: _want_stack, SubscriptionActivated: _want_plan}
