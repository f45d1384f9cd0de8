"""The stories of deployments that ended, and drift that was resolved, are forgotten after ninety days."""

from sqlalchemy import text

from libs.common.database import Database
from services.provisioner.base import Base
from services.provisioner.resources.drift_repository import count_open, report_drift, resolve_drift
from tests.services.provisioner.engine.factories import Tenancy, engine_on, run_to_end
from tests.services.provisioner.engine.world import World
from tests.support.purges import days_ago, purge_table


async def _age_events(database: Database, *, days: float) -> None:
    async with database.system_session() as session:
        await session.execute(text("UPDATE deployment_event SET created_at = :at"), {"at": days_ago(days)})


async def test_the_story_of_a_deployment_that_ended_goes_after_ninety_days(tenancy: Tenancy, world: World) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await run_to_end(tenancy, world, deployment_id)
    told = len(await tenancy.events(deployment_id))
    assert told > 3

    await _age_events(tenancy.database, days=89)
    assert await purge_table(tenancy.database, Base.metadata, "deployment_event") == 0
    await _age_events(tenancy.database, days=91)
    assert await purge_table(tenancy.database, Base.metadata, "deployment_event") == told

    assert await tenancy.events(deployment_id) == []
    assert (await tenancy.deployment(deployment_id)).status == "succeeded"


async def test_the_story_of_a_deployment_at_work_is_kept_however_long_it_takes(tenancy: Tenancy, world: World) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    world.waits["make_compute"] = 1
    await engine_on(tenancy.database, world).run_due()
    assert (await tenancy.deployment(deployment_id)).finished_at is None
    told = await tenancy.events(deployment_id)

    await _age_events(tenancy.database, days=400)
    assert await purge_table(tenancy.database, Base.metadata, "deployment_event") == 0

    assert len(await tenancy.events(deployment_id)) == len(told) > 0


async def test_drift_goes_ninety_days_after_it_was_resolved_and_open_drift_stays(tenancy: Tenancy) -> None:
    await tenancy.created()
    stack = await tenancy.stack()
    whose = {"tenant_id": tenancy.tenant_id, "stack_id": stack.id}
    found = {"kind": "changed", "detail": "another size", "repair": "manual"}
    async with tenancy.database.tenant_session(tenancy.tenant_id) as session:
        for subject in ("resolved", "open"):
            await report_drift(session, **whose, subject=subject, found=found)
        assert await resolve_drift(session, **whose, still={"open"}) == 1
        old = text("UPDATE drift SET resolved_at = :at WHERE resolved_at IS NOT NULL")
        await session.execute(old, {"at": days_ago(91)})

    assert await purge_table(tenancy.database, Base.metadata, "drift") == 1

    async with tenancy.database.tenant_session(tenancy.tenant_id) as session:
        assert await count_open(session, stack.id) == 1
