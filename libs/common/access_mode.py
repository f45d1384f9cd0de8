"""What a tenant may do at present, as billing announced it: everything, only read, or nothing."""

import asyncio
import time
from collections import OrderedDict
from typing import Literal, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Database
from libs.common.platform_tables import TenantAccessRow

Mode = Literal["full", "read_only", "suspended"]
REMEMBERED_SECONDS = 1.0
REMEMBERED_TENANTS = 10_000


class AccessChange(Protocol):
    """The part of billing's event that matters here."""

    @property
    def tenant_id(self) -> UUID: ...
    @property
    def mode(self) -> Mode: ...
    @property
    def version(self) -> int: ...


async def apply_access_change(session: AsyncSession, change: AccessChange) -> None:
    """Keeps the newest version; an older one that comes late changes nothing."""
    row = insert(TenantAccessRow).values(tenant_id=change.tenant_id, mode=change.mode, version=change.version)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[TenantAccessRow.tenant_id],
            set_={"mode": row.excluded.mode, "version": row.excluded.version},
            where=TenantAccessRow.version < row.excluded.version,
        )
    )


class AccessModes:
    """Reads modes from the service's own table, remembering each for a second. Who asks at once waits for one query."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[UUID, tuple[float, Mode]] = OrderedDict()
        self._reading: dict[UUID, asyncio.Lock] = {}

    async def mode(self, tenant_id: UUID) -> Mode:
        """The tenant's mode; `full` before billing has said anything."""
        if (known := self._remembered(tenant_id)) is not None:
            return known
        lock = self._reading.setdefault(tenant_id, asyncio.Lock())
        try:
            async with lock:
                known = self._remembered(tenant_id)
                return known if known is not None else await self._read(tenant_id)
        finally:
            if not lock.locked():
                self._reading.pop(tenant_id, None)

    def _remembered(self, tenant_id: UUID) -> Mode | None:
        known = self._known.get(tenant_id)
        return known[1] if known is not None and time.monotonic() - known[0] < REMEMBERED_SECONDS else None

    async def _read(self, tenant_id: UUID) -> Mode:
        async with self._database.tenant_session(tenant_id) as session:
            found = await session.scalar(select(TenantAccessRow.mode))
        mode: Mode = "full" if found is None else found
        self._known[tenant_id] = (time.monotonic(), mode)
        self._known.move_to_end(tenant_id)
        if len(self._known) > REMEMBERED_TENANTS:
            self._known.popitem(last=False)
        return mode
