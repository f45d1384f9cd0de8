"""Rotation of the key that signs access tokens.

A new key is published ten minutes before it signs, so that every verifier has it, and the old one stays published
until its last token has expired.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Database
from libs.common.security.jose import SigningKey, new_private_key, public_jwk
from libs.common.security.tokens import LIFETIME_SECONDS
from libs.common.sweeps import Sweep
from services.auth.signing_keys import repository
from services.auth.signing_keys.models import SigningKeyRow

ROTATE_AFTER = timedelta(days=30)
PUBLISHED_AHEAD = timedelta(minutes=10)
KEPT_AFTER = timedelta(seconds=LIFETIME_SECONDS + 300)
REREAD_SECONDS = 60.0


class Cipher(Protocol):
    """Encrypts small values, bound to a purpose."""

    async def encrypt(self, plaintext: bytes, context: Mapping[str, str]) -> bytes: ...
    async def decrypt(self, ciphertext: bytes, context: Mapping[str, str]) -> bytes: ...


async def rotate_if_due(session: AsyncSession, cipher: Cipher, *, force: bool = False) -> bool:
    """Makes the next key where the newest has signed for thirty days, or there is none; True if it made one."""
    now = datetime.now(UTC)
    await repository.hold_rotation(session)
    newest = await repository.newest_active_from(session)
    if newest is not None and newest + ROTATE_AFTER - PUBLISHED_AHEAD > now and not force:
        return False
    active_from = now if newest is None else now + PUBLISHED_AHEAD
    private_key = new_private_key()
    jwk = public_jwk(private_key)
    row = SigningKeyRow(
        kid=jwk["kid"],
        encrypted_private_key=await cipher.encrypt(private_key.encode(), {"kid": jwk["kid"]}),
        public_jwk=dict(jwk),
        active_from=active_from,
        published_until=None,
    )
    await repository.add(session, row)
    await repository.retire_before(session, row.kid, published_until=active_from + KEPT_AFTER)
    return True


def rotation_sweep(cipher: Cipher) -> Sweep:
    """Looks for a due rotation every minute."""

    async def run(session: AsyncSession, _now: datetime) -> int:
        return int(await rotate_if_due(session, cipher))

    return Sweep(name="rotate_signing_key", every=60, run=run)


class SigningKeys:
    """The keys in memory, read again every minute."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher
        self._rows: list[SigningKeyRow] = []
        self._parsed: dict[str, SigningKey] = {}
        self._read_at = float("-inf")

    async def current(self) -> SigningKey:
        """The key that signs now."""
        rows = await self._published()
        now = datetime.now(UTC)
        row = next(row for row in rows if row.active_from <= now)
        if row.kid not in self._parsed:
            pem = await self._cipher.decrypt(row.encrypted_private_key, {"kid": row.kid})
            self._parsed[row.kid] = SigningKey(pem.decode())
        return self._parsed[row.kid]

    async def jwks(self) -> list[Mapping[str, Any]]:
        """The public keys of every token that may be about (RFC 7517)."""
        return [row.public_jwk for row in await self._published()]

    async def _published(self) -> list[SigningKeyRow]:
        if time.monotonic() - self._read_at > REREAD_SECONDS:
            async with self._database.system_session() as session:
                await rotate_if_due(session, self._cipher)
                self._rows = await repository.published(session, datetime.now(UTC))
            self._read_at = time.monotonic()
        return self._rows
