"""What billing does when others tell something."""

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import Event, Handlers
from libs.contracts.auth import TenantCreated
from services.billing.context import BillingContext
from services.billing.trials.service import start_trial


def trial_handlers(context: BillingContext) -> Handlers:
    """A business that signed up gets its trial."""

    async def on_tenant_created(session: AsyncSession, event: Event) -> None:
        await start_trial(session, event.tenant_id, catalogue=context.catalogue, now=context.clock.now())

    return {TenantCreated: on_tenant_created}
