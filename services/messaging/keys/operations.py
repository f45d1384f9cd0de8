"""What operators may do to a business's key: see how it stands, rotate, disable and enable it, and have it destroyed.

Each act is written into the audit log by the transaction that encloses it, so that none happens unrecorded.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.adapters.keys import KeyMissing, KeyState
from libs.common.problems import NotFound
from services.messaging.context import MessagingContext
from services.messaging.keys import repository
from services.messaging.keys.service import key_alias, record_act


class NoKeyYet(NotFound):
    code = "key_not_found"
    default_detail = "This business has no key in the key store: it wrote nothing yet, or its key was destroyed."


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantKey:
    """How a business's key stands. `none` was never made; `destroyed` was, and took all texts with it.

    `data_keys` counts those that seal or sealed texts, `newest_since` is when the one that seals now was made.
    """

    tenant_id: UUID
    state: KeyState | Literal["none", "destroyed"]
    destroyed_at: datetime | None
    data_keys: int
    newest_since: datetime | None


async def show(context: MessagingContext, tenant_id: UUID) -> TenantKey:
    """The key as the key store has it now, past every ring that is remembered."""
    async with context.database.tenant_session(tenant_id) as session:
        rows = [row for row in await repository.all_keys(session) if row.purpose == "content"]
    state: KeyState | Literal["none", "destroyed"]
    try:
        status = await context.keys.status(_key(tenant_id))
        state, destroyed_at = status.state, status.destroyed_at
    except KeyMissing:
        state, destroyed_at = "destroyed" if rows else "none", None
    return TenantKey(
        tenant_id=tenant_id,
        state=state,
        destroyed_at=destroyed_at,
        data_keys=len(rows),
        newest_since=max((row.created_at for row in rows), default=None),
    )


async def rotate(context: MessagingContext, tenant_id: UUID, *, actor: str) -> None:
    """Seals with a fresh data key from now on, everywhere within half a minute.

    Raises:
        NoKeyYet, TextsUnreadable
    """
    if (await show(context, tenant_id)).state in {"none", "destroyed"}:
        raise NoKeyYet
    await context.rings.rotate(tenant_id, actor=actor)


async def disable(context: MessagingContext, tenant_id: UUID, *, actor: str) -> None:
    """Makes all texts unreadable, everywhere within half a minute. Raises NoKeyYet."""
    async with _recorded(context, tenant_id, actor, "disabled"):
        await context.keys.disable(_key(tenant_id))


async def enable(context: MessagingContext, tenant_id: UUID, *, actor: str) -> None:
    """Makes all texts readable again. Raises NoKeyYet, KeyUnavailable where the key is to be destroyed."""
    async with _recorded(context, tenant_id, actor, "enabled"):
        await context.keys.enable(_key(tenant_id))


async def schedule_destruction(context: MessagingContext, tenant_id: UUID, *, days: int, actor: str) -> None:
    """Makes all texts unreadable now, and for good in `days` (7 to 30). Raises NoKeyYet, KeyUnavailable."""
    async with _recorded(context, tenant_id, actor, "destruction_scheduled"):
        await context.keys.schedule_destroy(_key(tenant_id), days=days)


async def cancel_destruction(context: MessagingContext, tenant_id: UUID, *, actor: str) -> None:
    """Keeps the key, disabled. Raises NoKeyYet, KeyUnavailable where it is not to be destroyed."""
    async with _recorded(context, tenant_id, actor, "destruction_canceled"):
        await context.keys.cancel_destroy(_key(tenant_id))


@asynccontextmanager
async def _recorded(context: MessagingContext, tenant_id: UUID, actor: str, act: str) -> AsyncIterator[None]:
    async with context.database.tenant_session(tenant_id) as session:
        await record_act(session, tenant_id, act, actor=actor)
        try:
            yield
        except KeyMissing:
            raise NoKeyYet from None
    context.rings.forget(tenant_id)


def _key(tenant_id: UUID) -> str:
    return f"alias/{key_alias(tenant_id)}"
