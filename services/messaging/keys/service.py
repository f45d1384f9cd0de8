"""Sealing under data keys: each tenant has its own, wrapped by a key of its own in the key store.

What is sealed names its data key, so that keys can be rotated while old texts stay readable. Whoever disables or
destroys the tenant's key in the key store makes all of its texts unreadable, here within `REMEMBERED_SECONDS`.
"""

import asyncio
import os
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.keys import DataKey as FreshKey
from libs.adapters.keys import KeyMissing, Keys, KeyUnavailable
from libs.common.audit import record_audit
from libs.common.database import Database
from libs.common.ids import new_id
from libs.common.problems import Conflict
from services.messaging.keys import repository
from services.messaging.keys.models import DataKey

REMEMBERED_SECONDS = 30.0
REMEMBERED_TENANTS = 1000
_NONCE_BYTES = 12
_ID_BYTES = 16


class TextsUnreadable(Conflict):
    """The tenant's key is disabled or destroyed: nothing can be written, and nothing that was written be read."""

    code, title = "key_unavailable", "The key of this business is disabled or destroyed"
    default_detail = "Messages cannot be read or written until whoever owns the key enables it again."


class UnknownDataKey(LookupError):
    """The sealing key is not in the ring: it is newer than the ring, or its row is gone."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """A tenant's open data keys. `newest` seals; a ring without it belongs to a key that cannot be used."""

    ciphers: Mapping[UUID, AESGCM]
    newest: UUID | None
    search_key: bytes | None

    def seal(self, text: str, bound: bytes) -> bytes:
        """The id of the data key, a nonce, and the text under AES-256-GCM; `bound` says what it is the text of.

        Raises:
            TextsUnreadable: the tenant's key cannot be used.
        """
        if self.newest is None:
            raise TextsUnreadable
        header = self.newest.bytes
        nonce = os.urandom(_NONCE_BYTES)
        return header + nonce + self.ciphers[self.newest].encrypt(nonce, text.encode(), header + bound)

    def open(self, sealed: bytes, bound: bytes) -> str | None:
        """The text, or None where its key is gone or it is not what was sealed for `bound`.

        Raises:
            UnknownDataKey: the ring does not hold the key; a newer ring may.
        """
        if self.newest is None:
            return None
        cipher = self.ciphers.get(UUID(bytes=sealed[:_ID_BYTES]))
        if cipher is None:
            raise UnknownDataKey
        nonce, body = sealed[_ID_BYTES : _ID_BYTES + _NONCE_BYTES], sealed[_ID_BYTES + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, sealed[:_ID_BYTES] + bound).decode()
        except InvalidTag:
            return None


CLOSED = KeyRing({}, None, None)
"""The ring of a tenant whose key cannot be used."""


class KeyRings:
    """The rings of all tenants, each remembered for half a minute. Ask for a ring before a session is opened."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._known: OrderedDict[UUID, tuple[float, KeyRing]] = OrderedDict()
        self._loading: dict[UUID, asyncio.Lock] = {}

    async def ring(self, tenant_id: UUID, *, newer_than: float = 0.0) -> KeyRing:
        """The tenant's ring; its first one is made here.

        With `newer_than`, a moment of the monotonic clock, a ring that was loaded before then does not do.

        Raises:
            KeysUnavailable: the key store does not answer.
        """
        if (known := self._remembered(tenant_id, newer_than)) is not None:
            return known
        lock = self._loading.setdefault(tenant_id, asyncio.Lock())
        try:
            async with lock:
                known = self._remembered(tenant_id, newer_than)
                return known if known is not None else await self._load(tenant_id)
        finally:
            if not lock.locked():
                self._loading.pop(tenant_id, None)

    def remembered(self, tenant_id: UUID) -> KeyRing | None:
        """The tenant's ring if it is at hand: for who must not wait."""
        return self._remembered(tenant_id, 0.0)

    async def rotate(self, tenant_id: UUID, *, actor: str = "service:messaging") -> UUID:
        """Seals with a fresh data key from now on, here at once and everywhere within half a minute.

        Raises:
            TextsUnreadable: the tenant's key cannot be used.
        """
        try:
            row = await self._new_key(tenant_id, "content")
        except (KeyMissing, KeyUnavailable):
            raise TextsUnreadable from None
        async with self._database.tenant_session(tenant_id) as session:
            await repository.add(session, row)
            await record_act(session, tenant_id, "rotated", actor=actor)
        self.forget(tenant_id)
        return row.id

    def forget(self, tenant_id: UUID) -> None:
        """Asks the key store anew at the next use, because the key was changed here."""
        self._known.pop(tenant_id, None)

    def _remembered(self, tenant_id: UUID, newer_than: float) -> KeyRing | None:
        loaded_at, ring = self._known.get(tenant_id, (float("-inf"), CLOSED))
        fresh = loaded_at >= newer_than and time.monotonic() - loaded_at < REMEMBERED_SECONDS
        return ring if fresh else None

    async def _load(self, tenant_id: UUID) -> KeyRing:
        loaded_at = time.monotonic()
        async with self._database.tenant_session(tenant_id) as session:
            rows = await repository.all_keys(session)
        try:
            ring = await self._opened(tenant_id, rows or await self._first_keys(tenant_id))
        except (KeyMissing, KeyUnavailable):
            ring = CLOSED
        self._known[tenant_id] = (loaded_at, ring)
        self._known.move_to_end(tenant_id)
        if len(self._known) > REMEMBERED_TENANTS:
            self._known.popitem(last=False)
        return ring

    async def _opened(self, tenant_id: UUID, rows: list[DataKey]) -> KeyRing:
        plain = {row.id: await self._keys.decrypt_data_key(row.wrapped, _context(tenant_id, row)) for row in rows}
        content = [row for row in rows if row.purpose == "content"]
        search = [row for row in rows if row.purpose == "search"]
        return KeyRing(
            ciphers={row.id: AESGCM(plain[row.id]) for row in content},
            newest=max(content, key=lambda row: (row.created_at, row.id)).id,
            search_key=plain[search[0].id] if search else None,
        )

    async def _first_keys(self, tenant_id: UUID) -> list[DataKey]:
        """Made by whoever comes first; who comes at the same moment takes what the first one made."""
        await self._keys.create_key(key_alias(tenant_id))
        made = [await self._new_key(tenant_id, purpose) for purpose in ("content", "search")]
        async with self._database.tenant_session(tenant_id) as session:
            return await repository.add_first(session, tenant_id, made)

    async def _new_key(self, tenant_id: UUID, purpose: str) -> DataKey:
        row = DataKey(tenant_id=tenant_id, id=new_id(), purpose=purpose, wrapped=b"", created_at=datetime.now(UTC))
        fresh: FreshKey = await self._keys.generate_data_key(f"alias/{key_alias(tenant_id)}", _context(tenant_id, row))
        row.wrapped = fresh.encrypted
        return row


def key_alias(tenant_id: UUID) -> str:
    """The name of the tenant's key in the key store."""
    return f"stackpro-messaging-{tenant_id}"


async def record_act(session: AsyncSession, tenant_id: UUID, act: str, *, actor: str) -> None:
    """Notes what was done to the tenant's key for the audit log, if the session commits."""
    await record_audit(
        session,
        tenant_id=tenant_id,
        actor=actor,
        action=f"messaging.key.{act}",
        target=f"key:{key_alias(tenant_id)}",
    )


def _context(tenant_id: UUID, row: DataKey) -> dict[str, str]:
    return {"tenant": str(tenant_id), "data_key": str(row.id), "purpose": row.purpose}


async def opened(rings: KeyRings, tenant_id: UUID, sealed: Mapping[bytes, bytes]) -> Mapping[bytes, str | None]:
    """The texts of many sealed values, by what each is bound to; None for what cannot be read any more."""
    ring = await rings.ring(tenant_id)
    try:
        return {bound: ring.open(value, bound) for bound, value in sealed.items()}
    except UnknownDataKey:
        ring = await rings.ring(tenant_id, newer_than=time.monotonic())
    return {bound: open_or_none(ring, value, bound) for bound, value in sealed.items()}


def open_or_none(ring: KeyRing, sealed: bytes, bound: bytes) -> str | None:
    """As `KeyRing.open`; a key that no ring holds any more is as good as destroyed."""
    try:
        return ring.open(sealed, bound)
    except UnknownDataKey:
        return None
