"""The worker's loop over Stripe's events: woken by PostgreSQL as one is stored, so that paying feels instant."""

from libs.common.bell import work_at_rings
from libs.common.service import Loop
from services.billing.context import BillingContext
from services.billing.webhooks.repository import CHANNEL
from services.billing.webhooks.sweeps import work_off_due


def stripe_event_loop(context: BillingContext) -> Loop:
    """Works off what is due until nothing is; what fails becomes due again and is found by a poll."""

    async def work() -> bool:
        return await work_off_due(context) > 0

    return work_at_rings(CHANNEL, work, url=context.settings.listen_url)
