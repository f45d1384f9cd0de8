"""How a stack's apps stand, as the hosts report it; the part of a stack's summary that hosts know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.provisioner import AppState
from services.provisioner.stacks.models import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class StackReport:
    """The newest word of a stack's host. `apps` has every app of the stack; `fresh` is false when the host is silent.

    `uptime` is the share of time since the stack became healthy, 0 to 1.
    """

    apps: Mapping[str, AppState]
    fresh: bool
    uptime: float | None
    storage_bytes: int
    bandwidth_bytes: int
    last_backup_at: datetime | None


class StackHealth(Protocol):
    """Kept by the part of the provisioner that hears from hosts."""

    async def report(self, session: AsyncSession, stack: Stack) -> StackReport | None:
        """What the host says of this stack; None before it said anything. The session is the tenant's."""
