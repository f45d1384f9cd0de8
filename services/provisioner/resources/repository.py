"""All SQL of the resource ledger."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.provisioner.deployments.models import Deployment
from services.provisioner.resources.models import ResourceRow

# Written out, because PostgreSQL matches it with the partial index, which it cannot do with a parameter.
LIVING = text("state <> 'removed'")
UNSETTLED = ("intended", "exists", "removing", "unknown")


async def record_intent(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    kind: str,
    name: str,
    stack_id: UUID | None = None,
    deployment_id: UUID | None = None,
    step: str | None = None,
    tags: Mapping[str, str] | None = None,
    holds_data: bool = False,
    client_token: str | None = None,
) -> ResourceRow:
    """The living row of that kind and name, made if there is none. The same name never gives two living rows."""
    resource_id = new_id()
    statement = insert(ResourceRow).values(
        tenant_id=tenant_id,
        id=resource_id,
        stack_id=stack_id,
        deployment_id=deployment_id,
        step=step,
        kind=kind,
        name=name,
        client_token=client_token or str(resource_id),
        tags=dict(tags or {}),
        state="intended",
        holds_data=holds_data,
        note="",
    )
    await session.execute(
        statement.on_conflict_do_nothing(index_elements=["tenant_id", "kind", "name"], index_where=LIVING)
    )
    own = ResourceRow.tenant_id == tenant_id
    found = select(ResourceRow).where(own, ResourceRow.kind == kind, ResourceRow.name == name, LIVING)
    return (await session.execute(found.with_for_update())).scalar_one()


async def take_over(session: AsyncSession, *, stack_id: UUID, deployment_id: UUID, steps: Collection[str]) -> None:
    """Makes a deployment answer for what failed ones left in the steps that it has too.

    What a deployment made that passed its pivot is in use, and stays its own.
    """
    failed = select(Deployment.id).where(
        Deployment.stack_id == stack_id,
        Deployment.status.in_(("rolled_back", "rollback_failed", "canceled", "needs_customer", "needs_operator")),
        ~Deployment.pivoted,
    )
    await session.execute(
        update(ResourceRow)
        .where(ResourceRow.stack_id == stack_id, LIVING)
        .where(ResourceRow.step.in_(steps), ResourceRow.deployment_id.in_(failed))
        .values(deployment_id=deployment_id)
        .execution_options(synchronize_session=False)
    )


async def set_state(
    session: AsyncSession,
    resource_id: UUID,
    state: str,
    *,
    external_id: str | None = None,
    note: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> ResourceRow:
    """Moves a resource to `state`."""
    values: dict[str, Any] = {"state": state, "updated_at": func.clock_timestamp()}
    if external_id is not None:
        values["external_id"] = external_id
    if note is not None:
        values["note"] = note
    if tags is not None:
        values["tags"] = dict(tags)
    statement = update(ResourceRow).where(ResourceRow.id == resource_id).values(**values).returning(ResourceRow)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one()


async def find_living(session: AsyncSession, kind: str, name: str) -> ResourceRow | None:
    return await session.scalar(select(ResourceRow).where(ResourceRow.kind == kind, ResourceRow.name == name, LIVING))


async def list_living(session: AsyncSession, stack_id: UUID, *, kind: str | None = None) -> list[ResourceRow]:
    """Newest first."""
    statement = select(ResourceRow).where(ResourceRow.stack_id == stack_id, LIVING)
    if kind is not None:
        statement = statement.where(ResourceRow.kind == kind)
    return list(await session.scalars(statement.order_by(ResourceRow.id.desc())))


async def list_made(
    session: AsyncSession, deployment_id: UUID, *, step: str | None = None, kind: str | None = None
) -> list[ResourceRow]:
    """What a deployment made, or may have made, and has neither removed nor quarantined; newest first."""
    statement = select(ResourceRow).where(ResourceRow.deployment_id == deployment_id, ResourceRow.state.in_(UNSETTLED))
    if step is not None:
        statement = statement.where(ResourceRow.step == step)
    if kind is not None:
        statement = statement.where(ResourceRow.kind == kind)
    return list(await session.scalars(statement.order_by(ResourceRow.id.desc())))


async def list_quarantined(session: AsyncSession, deployment_id: UUID) -> list[ResourceRow]:
    statement = select(ResourceRow).where(
        ResourceRow.deployment_id == deployment_id, ResourceRow.state == "quarantined"
    )
    return list(await session.scalars(statement.order_by(ResourceRow.id)))
