"""Operators see which of Stripe's events billing could not work off, and have them worked off again."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from services.billing.webhooks.models import StripeEvent
from tests.cli.conftest import Command
from tests.support.services import Services


@pytest.fixture(autouse=True)
async def events(services: Services) -> None:
    """One that was handled, one that waits, and two that were given up."""
    now = datetime.now(UTC)
    rows = [
        ("evt_handled", "handled", 1, None, None),
        ("evt_waiting", "pending", 3, now, "stripe_unavailable"),
        ("evt_lost", "needs_operator", 30, None, "stripe_unavailable"),
        ("evt_broken", "needs_operator", 30, None, "KeyError"),
    ]
    async with services.billing.database.system_session() as session:
        await session.execute(delete(StripeEvent))
        session.add_all(
            StripeEvent(
                id=event_id,
                type="invoice.paid",
                object_id="in_1",
                customer_id=None,
                occurred_at=now,
                received_at=now,
                status=status,
                attempts=attempts,
                next_attempt_at=next_attempt_at,
                outcome=outcome,
            )
            for event_id, status, attempts, next_attempt_at, outcome in rows
        )


async def pending(services: Services) -> dict[str, int]:
    """The tries of each event that waits."""
    async with services.billing.database.system_session() as session:
        rows = await session.execute(
            select(StripeEvent.id, StripeEvent.attempts).where(StripeEvent.next_attempt_at <= datetime.now(UTC))
        )
    return dict(rows.all())


async def test_the_list_counts_them_and_shows_those_in_trouble_with_the_reason(stackpro: Command) -> None:
    result = await stackpro("stripe-events", "list")
    assert result.exit_code == 0, result.output
    assert "1 handled, 2 needs_operator, 1 pending" in result.output
    shown = [line.split() for line in result.output.splitlines() if line.startswith("evt_")]
    assert {line[0]: line[-1] for line in shown} == {
        "evt_waiting": "stripe_unavailable",
        "evt_lost": "stripe_unavailable",
        "evt_broken": "KeyError",
    }


async def test_all_that_were_given_up_are_tried_again_from_the_start(stackpro: Command, services: Services) -> None:
    result = await stackpro("stripe-events", "retry")
    assert (result.exit_code, result.output) == (0, "2 will be worked off again.\n")
    assert await pending(services) == {"evt_waiting": 3, "evt_lost": 0, "evt_broken": 0}
    assert (await stackpro("stripe-events", "retry")).output == "None of them was given up.\n"


async def test_only_those_that_are_named_are_tried_again(stackpro: Command, services: Services) -> None:
    result = await stackpro("stripe-events", "retry", "evt_lost", "evt_handled", "evt_unknown")
    assert (result.exit_code, result.output) == (0, "1 will be worked off again.\n")
    assert await pending(services) == {"evt_waiting": 3, "evt_lost": 0}
