"""What billing does when a service records use."""

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import UsageRecorded
from libs.common.events import Handlers
from services.billing.context import BillingContext
from services.billing.entitlements.counting import count_use


def usage_handlers(context: BillingContext) -> Handlers:
    """What was used is counted; the consumer sees to it that each event counts once."""

    async def on_usage_recorded(session: AsyncSession, event: UsageRecorded) -> None:
        await count_use(session, event, catalogue=context.catalogue, now=context.clock.now())

    return {UsageRecorded: on_usage_recorded}
