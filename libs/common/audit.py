"""Who did what, and what was used: facts that every service announces in the transaction that made them true."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import FactEvent, announce


class AuditRecorded(FactEvent):
    """`actor` did `action` to `target`: `user:<id>`, `service:<name>` or `operator:<id>`."""

    type: ClassVar[str] = "platform.audit.recorded.v1"

    actor: str
    action: str
    target: str
    request_id: str = ""


class UsageRecorded(FactEvent):
    """A tenant used `quantity` of `entitlement`, counted in the catalogue's unit of it.

    `reservation_id` is that of the reservation at billing by which the use was allowed, where there was one.
    """

    type: ClassVar[str] = "platform.usage.recorded.v1"

    entitlement: str
    quantity: int
    reservation_id: UUID | None = None


async def record_audit(
    session: AsyncSession, *, tenant_id: UUID, actor: str, action: str, target: str, request_id: str = ""
) -> None:
    """Notes an act for the audit log, if the session commits."""
    await announce(
        session,
        AuditRecorded(tenant_id=tenant_id, actor=actor, action=action, target=target, request_id=request_id),
    )


async def record_usage(
    session: AsyncSession, *, tenant_id: UUID, entitlement: str, quantity: int, reservation_id: UUID | None = None
) -> None:
    """Notes use of an entitlement, if the session commits; it settles the reservation that it was allowed by."""
    used = UsageRecorded(tenant_id=tenant_id, entitlement=entitlement, quantity=quantity, reservation_id=reservation_id)
    await announce(session, used)
