"""Sends events: signed, at once after their commit, retried until they are accepted (https://docs.stripe.com/webhooks)."""

import asyncio
import hashlib
import hmac
import json
import sqlite3
import time

import httpx
import structlog

from sandbox.stripe.deliveries import (
    due_deliveries,
    load_delivery,
    next_attempt_at,
    record_failure,
    record_success,
    start_over,
)
from sandbox.stripe.settings import StripeSandboxSettings
from sandbox.stripe.store import Store
from sandbox.stripe.wire import StripeObject

_CONCURRENT = 8
_PAUSE_AFTER_DISK_ERROR = 5.0

logger = structlog.get_logger()


def sign(payload: bytes, *, secret: str, timestamp: int) -> str:
    """The value of `Stripe-Signature`; `timestamp` is real time in Unix seconds."""
    signature = hmac.new(secret.encode(), f"{timestamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={signature}"


def encode_event(event: StripeObject) -> bytes:
    """The body of a delivery, indented as Stripe's."""
    return json.dumps(event, indent=2).encode()


class WebhookSender:
    """Runs for the life of the app and sleeps until `wake` is set or the next attempt is due."""

    def __init__(
        self, settings: StripeSandboxSettings, store: Store, client: httpx.AsyncClient, *, wake: asyncio.Event
    ) -> None:
        self._settings = settings
        self._store = store
        self._client = client
        self._wake = wake
        self._in_flight: set[str] = set()

    async def run(self) -> None:
        """Never returns; what an abrupt end left unfinished is sent again by the next run."""
        self._start_over()
        async with asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                wait = self._try_start_due(group)
                try:
                    async with asyncio.timeout(wait):
                        await self._wake.wait()
                except TimeoutError:
                    continue

    def _start_over(self) -> None:
        try:
            with self._store.transaction(now=self._settings.now()) as tx:
                start_over(tx, real_now=time.time())
        except sqlite3.Error as error:
            logger.error("stripe_sandbox.deliveries_not_restarted", error=str(error))

    def _try_start_due(self, group: asyncio.TaskGroup) -> float | None:
        try:
            return self._start_due(group)
        except sqlite3.Error as error:
            logger.error("stripe_sandbox.deliveries_not_read", error=str(error))
            return _PAUSE_AFTER_DISK_ERROR

    def _start_due(self, group: asyncio.TaskGroup) -> float | None:
        """Starts what is due while there is room; seconds until the next attempt, None to wait for a wake."""
        real_now = time.time()
        with self._store.transaction(now=self._settings.now()) as tx:
            due = [event_id for event_id in due_deliveries(tx, real_now=real_now) if event_id not in self._in_flight]
            later = next_attempt_at(tx, real_now=real_now)
        for event_id in due[: _CONCURRENT - len(self._in_flight)]:
            self._in_flight.add(event_id)
            group.create_task(self._deliver(event_id))
        return None if later is None else max(later - time.time(), 0.0)

    async def _deliver(self, event_id: str) -> None:
        try:
            await self._attempt(event_id)
        except sqlite3.Error as error:
            logger.error("stripe_sandbox.delivery_not_recorded", event_id=event_id, error=str(error))
            await asyncio.sleep(_PAUSE_AFTER_DISK_ERROR)
        finally:
            self._in_flight.discard(event_id)
            self._wake.set()

    async def _attempt(self, event_id: str) -> None:
        with self._store.transaction(now=self._settings.now()) as tx:
            event = load_delivery(tx, event_id).event
        payload = encode_event(event)
        signature = sign(payload, secret=self._settings.webhook_secret, timestamp=int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (sandbox)",
        }
        status: int | None = None
        error = ""
        try:
            answer = await self._client.post(self._settings.webhook_url, content=payload, headers=headers)
            status = answer.status_code
            error = "" if answer.is_success else f"answered {status}"
        except httpx.HTTPError as failure:
            error = str(failure) or type(failure).__name__
        with self._store.transaction(now=self._settings.now()) as tx:
            if status is not None and not error:
                record_success(tx, event_id, status=status, real_now=time.time())
            else:
                record_failure(tx, event_id, status=status, error=error, real_now=time.time())
