"""What operators may do to the keys of access tokens. Only a key that signs no more can be withdrawn."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Database
from libs.common.problems import Conflict, NotFound
from services.auth.signing_keys import repository
from services.auth.signing_keys.models import SigningKeyRow
from services.auth.signing_keys.service import Cipher, rotate_if_due

KeyState = Literal["next", "signing", "retired"]


class KeyStillNeeded(Conflict):
    code = "signing_key_in_use"
    default_detail = "This key signs, or is the next to. Rotate, and withdraw it when the new one signs."


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key that verifiers may meet, and what it is for at the moment."""

    row: SigningKeyRow
    state: KeyState


async def published_keys(database: Database) -> list[PublishedKey]:
    """The keys in the published set, newest first."""
    async with database.system_session() as session:
        return await _published(session)


async def rotate_now(database: Database, cipher: Cipher) -> bool:
    """Publishes the next key, which signs ten minutes later; False if one is on its way already."""
    async with database.system_session() as session:
        await repository.hold_rotation(session)
        if any(key.state == "next" for key in await _published(session)):
            return False
        return await rotate_if_due(session, cipher, force=True)


async def withdraw(database: Database, kid: str) -> None:
    """Deletes a retired key: its tokens are believed until verifiers fetch the keys anew, ten minutes at the most.

    Raises:
        NotFound: no such key is published.
        KeyStillNeeded: it signs, or will.
    """
    async with database.system_session() as session:
        await repository.hold_rotation(session)
        key = next((key for key in await _published(session) if key.row.kid == kid), None)
        if key is None:
            raise NotFound("No such key is published. `stackpro keys list` shows those that are.")
        if key.state != "retired":
            raise KeyStillNeeded
        await repository.delete(session, kid)


async def _published(session: AsyncSession) -> list[PublishedKey]:
    now = datetime.now(UTC)
    rows = await repository.published(session, now)
    signing = next((row.kid for row in rows if row.active_from <= now), None)
    return [PublishedKey(row, _state(row, now, signing)) for row in rows]


def _state(row: SigningKeyRow, now: datetime, signing: str | None) -> KeyState:
    if row.active_from > now:
        return "next"
    return "signing" if row.kid == signing else "retired"
