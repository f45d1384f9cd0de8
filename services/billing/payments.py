"""What billing needs of a payment provider, in billing's own words. `stripe_gateway.py` is the one that speaks Stripe.

PaymentsUnavailable 503   the provider does not answer, or cannot
BadSignature 400          a webhook was not signed with a secret we know, or too long ago
UnreadableNotice 400      it was signed, but is not an event
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from libs.common.problems import BadRequest, Unavailable

SessionStatus = Literal["open", "complete", "expired"]


class PaymentsUnavailable(Unavailable):
    code, title = "payments_unavailable", "Payments are temporarily unavailable"
    default_detail = "Nothing was charged. Try again in a moment."


class BadSignature(BadRequest):
    code, title = "bad_signature", "The signature is not valid"
    default_detail = "Sign the unchanged body with the endpoint's secret, and send it within five minutes."


class UnreadableNotice(BadRequest):
    code, title = "unreadable_event", "The body is not an event"
    default_detail = "Send one of Stripe's snapshot events as JSON."


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSubscription:
    """A subscription as the provider has it now; `status` is Stripe's word."""

    id: str
    product_id: str
    status: str
    created_at: datetime
    current_period_end: datetime
    cancel_at_period_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSession:
    """A Checkout session as the provider has it now; `url` is gone once it is no longer open."""

    id: str
    status: SessionStatus
    customer_id: str | None
    client_reference_id: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOrder:
    """What a Checkout session is to sell, and where its buyer goes afterwards."""

    checkout_id: UUID
    tenant_id: UUID
    customer_id: str
    price_id: str
    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemotePrice:
    """A recurring price; `amount` in minor units of `currency` (ISO 4217, upper case)."""

    id: str
    product_id: str
    amount: int
    currency: str
    interval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A verified event: which object changed and whose it is. Of its state nothing is kept, for it may be old."""

    id: str
    type: str
    occurred_at: datetime
    object_id: str
    customer_id: str | None


class Payments(Protocol):
    """The provider. Every awaited call may raise PaymentsUnavailable."""

    async def create_customer(self, tenant_id: UUID, *, email: str, name: str) -> str:
        """The customer's id; the same when called again for a tenant with the same address and name."""

    async def find_price(self, lookup_key: str) -> RemotePrice | None:
        """The active price that has `lookup_key`."""

    async def open_session(self, order: SessionOrder) -> RemoteSession:
        """A Checkout session; the same one when called again for the same checkout."""

    async def find_session(self, session_id: str) -> RemoteSession | None:
        """The session, if there is one of this id."""

    async def expire_session(self, session_id: str) -> bool:
        """Closes an open session; False if it was not open any more."""

    async def list_subscriptions(self, customer_id: str) -> list[RemoteSubscription]:
        """All of a customer's subscriptions, ended ones too, oldest first."""

    async def save_product(self, product_id: str, *, name: str) -> None:
        """Makes the product, or gives it its name."""

    async def replace_price(self, lookup_key: str, price: RemotePrice | None, *, wanted: "WantedPrice") -> None:
        """Makes the price that `lookup_key` names from now on, in place of `price`, which is retired."""

    def read_notice(self, payload: bytes, signature: str | None) -> Notice:
        """Verifies and reads a webhook's raw body. Raises BadSignature or UnreadableNotice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPrice:
    """The price that a product shall have; units as for `RemotePrice`."""

    product_id: str
    amount: int
    currency: str
    interval: Literal["month"]
