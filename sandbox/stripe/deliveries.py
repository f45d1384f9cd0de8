"""The durable table of webhook deliveries. Its times are real time: a retry does not wait for business time."""

from dataclasses import dataclass
from typing import Any

from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 60.0
_MAXIMUM_ATTEMPTS = 3 * 24 * 60
"""About three days of attempts, as at Stripe in live mode."""


@dataclass(frozen=True)
class Due:
    """A delivery to attempt now."""

    event: StripeObject
    attempts: int


def pending_condition(*, pending: bool) -> str:
    """SQL over the table `object`: events with, or without, a delivery that did not succeed yet."""
    wanted = "NULL" if pending else "NOT NULL"
    return f"id IN (SELECT event_id FROM delivery WHERE delivered_at IS {wanted})"  # noqa: S608 - two constants


def due_deliveries(tx: Transaction, *, real_now: float) -> list[str]:
    """Ids of the events to deliver now, in the order in which they were announced."""
    rows = tx.connection.execute(
        "SELECT event_id FROM delivery WHERE next_attempt_at <= ? ORDER BY seq LIMIT 100", (real_now,)
    )
    return [row["event_id"] for row in rows]


def load_delivery(tx: Transaction, event_id: str) -> Due:
    row = tx.connection.execute("SELECT attempts FROM delivery WHERE event_id = ?", (event_id,)).fetchone()
    return Due(event=tx.get("event", event_id), attempts=row["attempts"])


def next_attempt_at(tx: Transaction, *, real_now: float) -> float | None:
    """The earliest moment later than `real_now` at which something is to be attempted."""
    row = tx.connection.execute(
        "SELECT min(next_attempt_at) AS moment FROM delivery WHERE next_attempt_at > ?", (real_now,)
    ).fetchone()
    moment: float | None = row["moment"]
    return moment


def count_pending(tx: Transaction) -> int:
    row = tx.connection.execute("SELECT count(*) AS pending FROM delivery WHERE next_attempt_at IS NOT NULL").fetchone()
    return int(row["pending"])


def record_success(tx: Transaction, event_id: str, *, status: int, real_now: float) -> None:
    tx.connection.execute(
        "UPDATE delivery SET attempts = attempts + 1, next_attempt_at = NULL, delivered_at = ?,"
        " last_status = ?, last_error = NULL WHERE event_id = ?",
        (real_now, status, event_id),
    )
    tx.put(tx.get("event", event_id) | {"pending_webhooks": 0})


def record_failure(tx: Transaction, event_id: str, *, status: int | None, error: str, real_now: float) -> None:
    """Plans the next attempt, twice as long away as the last one, until the attempts are used up."""
    attempts = load_delivery(tx, event_id).attempts + 1
    delay = min(_FIRST_DELAY * 2.0 ** min(attempts - 1, 10), _LONGEST_DELAY)
    next_attempt = None if attempts >= _MAXIMUM_ATTEMPTS else real_now + delay
    tx.connection.execute(
        "UPDATE delivery SET attempts = ?, next_attempt_at = ?, last_status = ?, last_error = ? WHERE event_id = ?",
        (attempts, next_attempt, status, error, event_id),
    )


def resend(tx: Transaction, event_id: str, *, real_now: float) -> None:
    """Delivers once more, now. Raises Missing for an unknown event."""
    tx.get("event", event_id)
    tx.connection.execute(
        "UPDATE delivery SET attempts = 0, next_attempt_at = ? WHERE event_id = ?", (real_now, event_id)
    )


def start_over(tx: Transaction, *, real_now: float) -> None:
    """After a restart nothing waits for a delay that belonged to the time before it."""
    tx.connection.execute(
        "UPDATE delivery SET attempts = 0, next_attempt_at = ? WHERE next_attempt_at IS NOT NULL", (real_now,)
    )


def recent_deliveries(tx: Transaction, *, limit: int) -> list[dict[str, Any]]:
    """The newest events with the state of their delivery."""
    rows = tx.connection.execute(
        "SELECT object.id, object.created, json_extract(body, '$.type') AS type,"
        " json_extract(body, '$.data.object.id') AS subject, attempts, next_attempt_at, delivered_at,"
        " last_status, last_error FROM object JOIN delivery ON event_id = object.id"
        " ORDER BY object.seq DESC LIMIT ?",
        (limit,),
    )
    return [dict(row) for row in rows]
