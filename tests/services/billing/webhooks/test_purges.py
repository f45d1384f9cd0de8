"""Stripe's events are forgotten when they are settled and old; what still waits for somebody is not."""

from sqlalchemy import insert, select

from libs.common.ids import new_id
from services.billing.base import Base
from services.billing.webhooks.models import StripeEvent
from tests.services.billing.world import World
from tests.support.purges import days_ago, purge_table


async def _kept(world: World, status: str, *, days: float) -> str:
    event_id = f"evt_{new_id().hex}"
    moment = days_ago(days)
    row = insert(StripeEvent).values(
        id=event_id,
        type="invoice.paid",
        object_id="in_1",
        customer_id="cus_1",
        occurred_at=moment,
        received_at=moment,
        status=status,
        attempts=1,
    )
    async with world.context.database.system_session() as session:
        await session.execute(row)
    return event_id


async def test_settled_events_go_after_ninety_days_and_others_never(world: World) -> None:
    gone = [await _kept(world, status, days=91) for status in ("handled", "ignored")]
    stay = [await _kept(world, status, days=91) for status in ("pending", "needs_operator")]
    young = await _kept(world, "handled", days=89)

    assert await purge_table(world.context.database, Base.metadata, "stripe_event") == len(gone)

    async with world.context.database.system_session() as session:
        assert set(await session.scalars(select(StripeEvent.id))) == {*stay, young}
