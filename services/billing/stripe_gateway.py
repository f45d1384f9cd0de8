"""Stripe behind billing's `Payments` port: the only module that knows its library (https://docs.stripe.com/api)."""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import aiohttp
import stripe
import structlog
from stripe.checkout import Session

from libs.common.circuit import Circuit
from libs.common.failpoints import failpoint
from services.billing.payments import (
    BadSignature,
    Notice,
    Payments,
    PaymentsUnavailable,
    RemotePrice,
    RemoteSession,
    RemoteSubscription,
    SessionOrder,
    SessionStatus,
    UnreadableNotice,
    WantedPrice,
)

TRY_SECONDS = 5
CALL_SECONDS = 8
RETRIES = 1
SIGNATURE_TOLERANCE_SECONDS = 300
PAGE = 100
_DOWN = (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError, aiohttp.ClientError, TimeoutError)
_SESSION_STATUS: dict[str | None, SessionStatus] = {"open": "open", "complete": "complete"}
_TIMESTAMP = re.compile(r"(?:^|,)\s*t=(\d{1,15})(?:,|$)")

Answer = TypeVar("Answer")
logger = structlog.get_logger()


@asynccontextmanager
async def open_stripe(api_key: str, *, api_url: str, webhook_secrets: Sequence[str]) -> AsyncIterator[Payments]:
    """Stripe at `api_url` for the life of the process. Any of `webhook_secrets` may have signed an event."""
    async with aiohttp.ClientSession() as session:
        client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_url},
            http_client=stripe.AIOHTTPClient(timeout=aiohttp.ClientTimeout(total=TRY_SECONDS), session=session),
            max_network_retries=RETRIES,
        )
        yield StripeGateway(client, webhook_secrets)


class StripeGateway:
    """Each call has a time limit, is retried by Stripe's library where that is safe, and trips a circuit breaker."""

    def __init__(self, client: stripe.StripeClient, webhook_secrets: Sequence[str]) -> None:
        self._api = client.v1
        self._webhook_secrets = tuple(webhook_secrets)
        self._circuit = Circuit()

    async def create_customer(self, tenant_id: UUID, *, email: str, name: str) -> str:
        who = hashlib.sha256(f"{email}\n{name}".encode()).hexdigest()[:16]
        customer = await self._call(
            lambda: self._api.customers.create_async(
                {"email": email, "name": name, "metadata": {"tenant_id": str(tenant_id)}},
                {"idempotency_key": f"customer-{tenant_id}-{who}"},
            )
        )
        return customer.id

    async def find_price(self, lookup_key: str) -> RemotePrice | None:
        found = await self._call(
            lambda: self._api.prices.list_async({"lookup_keys": [lookup_key], "active": True, "limit": 1})
        )
        return _remote_price(found.data[0]) if found.data else None

    async def open_session(self, order: SessionOrder) -> RemoteSession:
        metadata = {"tenant_id": str(order.tenant_id), "checkout_id": str(order.checkout_id)}
        session = await self._call(
            lambda: self._api.checkout.sessions.create_async(
                {
                    "mode": "subscription",
                    "customer": order.customer_id,
                    "client_reference_id": str(order.tenant_id),
                    "line_items": [{"price": order.price_id, "quantity": 1}],
                    "success_url": order.success_url,
                    "cancel_url": order.cancel_url,
                    "metadata": metadata,
                    "subscription_data": {"metadata": metadata},
                },
                {"idempotency_key": f"checkout-{order.checkout_id}"},
            )
        )
        return _remote_session(session)

    async def find_session(self, session_id: str) -> RemoteSession | None:
        try:
            session = await self._call(lambda: self._api.checkout.sessions.retrieve_async(session_id))
        except stripe.InvalidRequestError:
            return None
        return _remote_session(session)

    async def expire_session(self, session_id: str) -> bool:
        try:
            await self._call(lambda: self._api.checkout.sessions.expire_async(session_id))
        except stripe.InvalidRequestError:
            return False
        return True

    async def list_subscriptions(self, customer_id: str) -> list[RemoteSubscription]:
        found: list[RemoteSubscription] = []
        after: str | None = None
        while True:
            page = await self._call(lambda after=after: self._subscriptions_page(customer_id, after))  # type: ignore[misc]  # a default binds the loop's name
            found += [_remote_subscription(one) for one in page.data if one["items"].data]
            if not page.has_more:
                return sorted(found, key=lambda one: (one.created_at, one.id))
            after = page.data[-1].id

    async def _subscriptions_page(self, customer_id: str, after: str | None) -> stripe.ListObject[stripe.Subscription]:
        if after is None:
            return await self._api.subscriptions.list_async({"customer": customer_id, "status": "all", "limit": PAGE})
        return await self._api.subscriptions.list_async(
            {"customer": customer_id, "status": "all", "limit": PAGE, "starting_after": after}
        )

    async def save_product(self, product_id: str, *, name: str) -> None:
        try:
            product = await self._call(lambda: self._api.products.retrieve_async(product_id))
        except stripe.InvalidRequestError:
            await self._call(lambda: self._api.products.create_async({"id": product_id, "name": name}))
            return
        if product.name != name or not product.active:
            await self._call(lambda: self._api.products.update_async(product_id, {"name": name, "active": True}))

    async def replace_price(self, lookup_key: str, price: RemotePrice | None, *, wanted: WantedPrice) -> None:
        await self._call(
            lambda: self._api.prices.create_async(
                {
                    "product": wanted.product_id,
                    "unit_amount": wanted.amount,
                    "currency": wanted.currency.lower(),
                    "recurring": {"interval": wanted.interval},
                    "lookup_key": lookup_key,
                    "transfer_lookup_key": True,
                }
            )
        )
        if price is not None:
            await self._call(lambda: self._api.prices.update_async(price.id, {"active": False}))

    def read_notice(self, payload: bytes, signature: str | None) -> Notice:
        if not any(_is_signed(payload, signature, secret) for secret in self._webhook_secrets):
            raise BadSignature
        try:
            return _notice(json.loads(payload))
        except (ValueError, KeyError, TypeError, OverflowError):
            raise UnreadableNotice from None

    async def _call(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Raises PaymentsUnavailable, or stripe.InvalidRequestError where Stripe knows no such thing."""
        self._circuit.check()
        failpoint("stripe.call.before")
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answer = await call()
        except _DOWN as error:
            self._circuit.failed()
            logger.warning("stripe.unavailable", reason=repr(error))
            raise PaymentsUnavailable from error
        except stripe.InvalidRequestError as error:
            self._circuit.succeeded()
            if error.code == "resource_missing" or error.http_status == 404 or _is_about_state(error):
                raise
            logger.error("stripe.refused", exc_info=error)
            raise PaymentsUnavailable from error
        except stripe.StripeError as error:
            logger.error("stripe.refused", exc_info=error)
            raise PaymentsUnavailable from error
        self._circuit.succeeded()
        failpoint("stripe.call.after")
        return answer


def _is_about_state(error: stripe.InvalidRequestError) -> bool:
    """True where Stripe names no parameter at fault: the object's present state does not allow the change."""
    return error.param is None and error.code is None


def _is_signed(payload: bytes, signature: str | None, secret: str) -> bool:
    """Stripe's scheme v1 (https://docs.stripe.com/webhooks#verify-manually), also refusing times in the future."""
    try:
        stripe.WebhookSignature.verify_header(
            payload.decode(), signature or "", secret, tolerance=SIGNATURE_TOLERANCE_SECONDS
        )
    except (stripe.SignatureVerificationError, UnicodeError):
        return False
    stamp = _TIMESTAMP.search(signature or "")
    return stamp is not None and int(stamp[1]) <= datetime.now(UTC).timestamp() + SIGNATURE_TOLERANCE_SECONDS


def _notice(event: dict[str, object]) -> Notice:
    data, created = event["data"], event["created"]
    thing = data["object"] if isinstance(data, dict) else None
    if event.get("object") != "event" or not isinstance(thing, dict) or not isinstance(created, int):
        raise ValueError("not a snapshot event")
    customer = thing.get("customer")
    customer_id = customer.get("id") if isinstance(customer, dict) else customer
    return Notice(
        id=_text(event["id"]),
        type=_text(event["type"]),
        occurred_at=datetime.fromtimestamp(created, UTC),
        object_id=_text(thing.get("id") or ""),
        customer_id=None if customer_id is None else _text(customer_id),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("not a text")
    return value


def _remote_price(price: stripe.Price) -> RemotePrice:
    return RemotePrice(
        id=price.id,
        product_id=_id_of(price.product),
        amount=price.unit_amount or 0,
        currency=price.currency.upper(),
        interval=price.recurring.interval if price.recurring else "",
    )


def _remote_session(session: Session) -> RemoteSession:
    return RemoteSession(
        id=session.id,
        status=_SESSION_STATUS.get(session.status, "expired"),
        customer_id=None if session.customer is None else _id_of(session.customer),
        client_reference_id=session.client_reference_id,
        url=session.url,
    )


def _remote_subscription(subscription: stripe.Subscription) -> RemoteSubscription:
    item = subscription["items"].data[0]
    ends_at: int = item.current_period_end
    cancel_at = subscription.cancel_at
    return RemoteSubscription(
        id=subscription.id,
        product_id=_id_of(item.price.product),
        status=subscription.status,
        created_at=datetime.fromtimestamp(subscription.created, UTC),
        current_period_end=datetime.fromtimestamp(ends_at, UTC),
        # The Billing Portal may say the same by a date (https://docs.stripe.com/billing/subscriptions/billing-mode).
        cancel_at_period_end=subscription.cancel_at_period_end or (cancel_at is not None and cancel_at <= ends_at),
    )


def _id_of(reference: object) -> str:
    return reference if isinstance(reference, str) else str(getattr(reference, "id", reference))
