"""All SQL of stacks."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.provisioner.stacks.models import Stack


async def lock_stack(session: AsyncSession, tenant_id: UUID, *, region: str) -> Stack:
    """The tenant's stack, made empty if there was none, locked until the session ends."""
    statement = insert(Stack).values(
        tenant_id=tenant_id,
        id=new_id(),
        status="pending",
        region=region,
        plan_version=0,
        desired_generation=0,
        observed_generation=0,
        outputs={},
    )
    await session.execute(statement.on_conflict_do_nothing(index_elements=["tenant_id"]))
    return (await session.execute(select(Stack).with_for_update())).scalar_one()


async def find_stack(session: AsyncSession) -> Stack | None:
    """The stack of the session's tenant."""
    return await session.scalar(select(Stack))


async def update_stack(session: AsyncSession, stack_id: UUID, values: Mapping[str, Any]) -> None:
    await session.execute(
        update(Stack).where(Stack.id == stack_id).values(**values).execution_options(synchronize_session=False)
    )
