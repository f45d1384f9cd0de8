"""What can be done inside one transaction: objects, events, the ledger and remembered answers."""

import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.stripe.errors import Missing
from sandbox.stripe.ids import new_stripe_id
from sandbox.stripe.schedule import due_at
from sandbox.stripe.wire import API_VERSION, StripeObject, public


@dataclass(frozen=True)
class Origin:
    """The API request behind a change; both are None where a person at a page or the clock made it."""

    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """One attempt to take money. `idempotency_key` names what is paid for: it succeeds at most once."""

    charge: str
    payment_intent: str
    invoice: str | None
    customer: str | None
    amount: int
    currency: str
    status: str
    idempotency_key: str


class Transaction:
    """Made by `Store.transaction`; not to be used after its block."""

    def __init__(self, connection: sqlite3.Connection, *, now: int, base_url: str, origin: Origin) -> None:
        self.connection = connection
        self.now = now
        self.base_url = base_url
        self._origin = origin
        self._events: list[StripeObject] = []

    def new(self, kind: str, **members: Any) -> StripeObject:
        """A fresh object of `kind` with the members that all have; it is not stored yet."""
        head = {"id": new_stripe_id(kind), "object": kind, "created": self.now, "livemode": False}
        return head | members

    def put(self, thing: StripeObject) -> StripeObject:
        """Stores `thing` as it now is."""
        self.connection.execute(
            "INSERT INTO object (id, kind, created, due_at, body) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, body = excluded.body",
            (thing["id"], thing["object"], thing["created"], due_at(thing), json.dumps(thing)),
        )
        return thing

    def find(self, object_id: str) -> StripeObject | None:
        row = self.connection.execute("SELECT body FROM object WHERE id = ?", (object_id,)).fetchone()
        return None if row is None else _load(row)

    def get(self, kind: str, object_id: str, *, param: str | None = None) -> StripeObject:
        """Raises Missing: 404, or 400 where `param` says that the id came as a parameter."""
        thing = self.find(object_id)
        if thing is None or thing["object"] != kind:
            raise Missing(kind, object_id, param=param or "id", status=400 if param else 404)
        return thing

    def select(self, kind: str, **members: str) -> list[StripeObject]:
        """All objects of `kind` whose members have these values, oldest first."""
        where = "".join(f" AND json_extract(body, '$.{name}') = ?" for name in members)
        rows = self.connection.execute(
            f"SELECT body FROM object WHERE kind = ?{where} ORDER BY seq",  # noqa: S608 - names come from our code
            (kind, *members.values()),
        )
        return [_load(row) for row in rows]

    def newest(self, kind: str, *, limit: int) -> list[StripeObject]:
        rows = self.connection.execute(
            "SELECT body FROM object WHERE kind = ? ORDER BY seq DESC LIMIT ?", (kind, limit)
        )
        return [_load(row) for row in rows]

    def next_due(self) -> tuple[int, StripeObject] | None:
        """The moment and the object of the earliest thing that time will do."""
        row = self.connection.execute(
            "SELECT due_at, body FROM object WHERE due_at IS NOT NULL ORDER BY due_at, seq LIMIT 1"
        ).fetchone()
        return None if row is None else (row["due_at"], _load(row))

    def emit(self, event_type: str, thing: StripeObject, *, previous: StripeObject | None = None) -> None:
        """Announces what happened with a snapshot of `thing`; `previous` holds the old values of what changed."""
        data: StripeObject = {"object": public(thing)}
        if previous is not None:
            data["previous_attributes"] = public(previous)
        self._events.append(
            self.new(
                "event",
                api_version=API_VERSION,
                data=data,
                pending_webhooks=1,
                request={"id": self._origin.request_id, "idempotency_key": self._origin.idempotency_key},
                type=event_type,
            )
        )

    def order_events(self, types: Sequence[str]) -> None:
        """Puts the events of this transaction into the order of `types`; others follow."""
        rank = {event_type: position for position, event_type in enumerate(types)}
        self._events.sort(key=lambda event: rank.get(event["type"], len(rank)))

    def write_events(self) -> int:
        """Stores what was announced, each event with its delivery; the number of events."""
        for event in self._events:
            self.put(event)
            self.connection.execute(
                "INSERT INTO delivery (event_id, seq, next_attempt_at) SELECT id, seq, ? FROM object WHERE id = ?",
                (time.time(), event["id"]),
            )
        return len(self._events)

    def record_charge(self, entry: LedgerEntry) -> None:
        self.connection.execute(
            "INSERT INTO ledger"
            " (at, charge, payment_intent, invoice, customer, amount, currency, status, idempotency_key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.now,
                entry.charge,
                entry.payment_intent,
                entry.invoice,
                entry.customer,
                entry.amount,
                entry.currency,
                entry.status,
                entry.idempotency_key,
            ),
        )

    def ledger(self) -> list[dict[str, Any]]:
        """Every attempt to take money, oldest first."""
        return [dict(row) for row in self.connection.execute("SELECT * FROM ledger ORDER BY seq")]


def _load(row: sqlite3.Row) -> StripeObject:
    body: StripeObject = json.loads(row["body"])
    return body
