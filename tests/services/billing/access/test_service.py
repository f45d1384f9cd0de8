"""What a tenant may do: pure rules."""

import pytest

from libs.common.access_mode import Mode
from services.billing.access.service import decide_mode
from services.billing.plans.catalogue import load_catalogue


@pytest.mark.parametrize(
    ("trial", "subscription", "mode"),
    [
        (None, None, "full"),
        ("active", None, "full"),
        ("grace", None, "read_only"),
        ("suspended", None, "suspended"),
        ("converted", "active", "full"),
        ("suspended", "active", "full"),
        ("converted", "past_due", "full"),
        ("converted", "unpaid", "read_only"),
        ("converted", "canceled", "suspended"),
        ("converted", "a status that Stripe adds one day", "read_only"),
    ],
)
def test_the_subscription_decides_and_before_it_the_trial(
    trial: str | None, subscription: str | None, mode: Mode
) -> None:
    policy = load_catalogue().access

    assert decide_mode(trial=trial, subscription=subscription, by_subscription=policy) == mode
