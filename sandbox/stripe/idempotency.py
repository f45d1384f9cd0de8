"""Idempotency keys: one answer per key, for 24 hours of real time (https://docs.stripe.com/api/idempotent_requests)."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from sandbox.stripe.errors import IdempotencyError
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import FormValue

_KEPT_SECONDS = 24 * 3600
_MAXIMUM_LENGTH = 255


@dataclass(frozen=True)
class Answer:
    """What was answered, byte for byte."""

    status: int
    body: bytes
    request_id: str


class KeysInFlight:
    """Keys whose first request is still being read or worked on in this process, the only one there is."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    @contextmanager
    def hold(self, key: str | None) -> Iterator[None]:
        """Raises IdempotencyError (409) where another request holds the key."""
        if key is None:
            yield
            return
        if len(key) > _MAXIMUM_LENGTH:
            raise IdempotencyError(f"Idempotency keys have at most {_MAXIMUM_LENGTH} characters.")
        if key in self._keys:
            raise IdempotencyError(
                f"There is currently another in-progress request using this Stripe-Idempotency-Key: {key}."
                " Try again when it is done.",
                code="idempotency_key_in_use",
                status=HTTPStatus.CONFLICT,
            )
        self._keys.add(key)
        try:
            yield
        finally:
            self._keys.discard(key)


def fingerprint_of(method: str, path: str, values: dict[str, FormValue]) -> str:
    """Equal for requests that ask for the same thing."""
    return hashlib.sha256(json.dumps([method, path, values], sort_keys=True).encode()).hexdigest()


def recall(tx: Transaction, key: str, fingerprint: str) -> Answer | None:
    """The kept answer. Raises IdempotencyError (400) where the key came with another request."""
    row = tx.connection.execute(
        "SELECT fingerprint, status, body, request_id FROM idempotency WHERE key = ? AND kept_since > ?",
        (key, time.time() - _KEPT_SECONDS),
    ).fetchone()
    if row is None:
        return None
    if row["fingerprint"] != fingerprint:
        raise IdempotencyError(
            "Keys for idempotent requests can only be used with the same parameters they were first used with."
            f" Try using a key other than '{key}' if you meant to execute a different request."
        )
    return Answer(status=row["status"], body=row["body"], request_id=row["request_id"])


def remember(tx: Transaction, key: str, fingerprint: str, answer: Answer) -> None:
    """Keeps the answer in the transaction that made it true, and forgets those that are too old."""
    now = time.time()
    tx.connection.execute("DELETE FROM idempotency WHERE kept_since <= ?", (now - _KEPT_SECONDS,))
    tx.connection.execute(
        "INSERT OR REPLACE INTO idempotency (key, fingerprint, status, body, request_id, kept_since)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (key, fingerprint, answer.status, answer.body, answer.request_id, now),
    )
