"""What the reconciler must know of all tenants: who has a stack at rest, and which external ids the ledger has."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import exists, select

from libs.common.database import Database
from services.provisioner.deployments.models import Deployment
from services.provisioner.deployments.repository import UNFINISHED
from services.provisioner.resources import drift_repository
from services.provisioner.resources.models import ResourceRow
from services.provisioner.resources.repository import LIVING
from services.provisioner.stacks.models import Stack


class Orphan(Protocol):
    """Something of the cloud's inventory."""

    @property
    def kind(self) -> str: ...
    @property
    def external_id(self) -> str: ...
    @property
    def detail(self) -> str: ...


async def tenants_at_rest(database: Database) -> list[UUID]:
    """Tenants whose stack stands and has no deployment at work."""
    busy = exists().where(
        Deployment.tenant_id == Stack.tenant_id, Deployment.stack_id == Stack.id, Deployment.status.in_(UNFINISHED)
    )
    async with database.system_session() as session:
        return list(await session.scalars(select(Stack.tenant_id).where(Stack.observed.is_not(None), ~busy)))


async def resting_stack(database: Database, tenant_id: UUID) -> Stack | None:
    """The tenant's stack, if it stands and nothing is being done to it."""
    async with database.tenant_session(tenant_id) as session:
        stack = await session.scalar(select(Stack))
        if stack is None or stack.observed is None:
            return None
        unfinished = select(Deployment.id).where(Deployment.status.in_(UNFINISHED)).limit(1)
        return None if await session.scalar(unfinished) is not None else stack


async def known_external_ids(database: Database) -> set[str]:
    """The ids of everything that the ledger says is there."""
    statement = select(ResourceRow.external_id).where(LIVING, ResourceRow.external_id.is_not(None))
    async with database.system_session() as session:
        return {external_id for external_id in await session.scalars(statement) if external_id is not None}


async def report_orphans(database: Database, orphans: Sequence[tuple[UUID, Orphan]]) -> None:
    """Opens an orphan's drift under its tenant, and closes those that are gone or known by now."""
    async with database.system_session() as session:
        for tenant_id, orphan in orphans:
            found = {"kind": "orphan", "detail": orphan.detail, "repair": "manual"}
            await drift_repository.report_drift(
                session, tenant_id=tenant_id, stack_id=None, subject=_subject(orphan), found=found
            )
        await drift_repository.resolve_orphans(session, still={_subject(orphan) for _, orphan in orphans})


def _subject(orphan: Orphan) -> str:
    return f"{orphan.kind}/{orphan.external_id}"
