"""What the sandbox must be told: where its file lies, which keys it knows and whom it tells of events."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from libs.common.clock import Clock


@dataclass(frozen=True, kw_only=True)
class StripeSandboxSettings:
    """`base_url` is the sandbox's own address without a trailing slash; `clock` gives its business time.

    `after_last_retry` is what becomes of a subscription whose invoice stays unpaid, a setting of the account at Stripe.
    """

    database: Path
    api_key: str
    webhook_secret: str
    webhook_url: str
    base_url: str
    clock: Clock
    after_last_retry: Literal["canceled", "unpaid"] = "canceled"
    timer_seconds: float = 5.0
    webhook_timeout_seconds: float = 10.0

    def now(self) -> int:
        """Business time in Unix seconds."""
        return int(self.clock.now().timestamp())
