"""All SQL of drift: what differs, since when, and until when."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.provisioner.resources.models import DriftRow

_OPEN = DriftRow.resolved_at.is_(None)


async def report_drift(
    session: AsyncSession, *, tenant_id: UUID, stack_id: UUID | None, subject: str, found: Mapping[str, Any]
) -> bool:
    """Opens a difference, or refreshes the open one of that subject; True if it is new. `found` has kind, detail and
    repair."""
    statement = insert(DriftRow).values(
        tenant_id=tenant_id, id=(drift_id := new_id()), stack_id=stack_id, subject=subject, **found
    )
    kept = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "subject"], index_where=_OPEN, set_=dict(found)
        ).returning(DriftRow.id)
    )
    return kept == drift_id


async def resolve_drift(session: AsyncSession, *, tenant_id: UUID, stack_id: UUID | None, still: set[str]) -> int:
    """Closes the open differences of a stack whose subjects are not in `still`; returns how many those were."""
    statement = (
        update(DriftRow)
        .where(DriftRow.tenant_id == tenant_id, DriftRow.stack_id.is_not_distinct_from(stack_id), _OPEN)
        .where(DriftRow.subject.not_in(still))
        .values(resolved_at=func.clock_timestamp())
        .returning(DriftRow.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(statement)).all())


async def count_open(session: AsyncSession, stack_id: UUID) -> int:
    """How many differences of a stack are open."""
    statement = select(func.count()).select_from(DriftRow).where(DriftRow.stack_id == stack_id, _OPEN)
    return await session.scalar(statement) or 0


async def list_open(session: AsyncSession, *, limit: int) -> list[DriftRow]:
    """The open differences that the session may see, newest first."""
    return list(await session.scalars(select(DriftRow).where(_OPEN).order_by(DriftRow.id.desc()).limit(limit)))


async def resolve_orphans(session: AsyncSession, *, still: set[str]) -> int:
    """Closes the open orphans, of all tenants that the session sees, whose subjects are not in `still`."""
    statement = (
        update(DriftRow)
        .where(DriftRow.kind == "orphan", _OPEN, DriftRow.subject.not_in(still))
        .values(resolved_at=func.clock_timestamp())
        .returning(DriftRow.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(statement)).all())
