"""How long a deployment will take: by medians of earlier ones, and before there are any by what the recipe says."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from libs.common.clock import SystemClock
from libs.common.database import Database
from libs.common.sweeps import run_sweep
from services.provisioner.deployments import repository
from services.provisioner.deployments.expectations import expected_finish
from services.provisioner.deployments.sweeps import DURATIONS
from services.provisioner.engine.recipes import load_recipes
from services.provisioner.engine.step import PHASES, StepFailed
from tests.services.provisioner.engine.factories import Tenancy, engine_on, run_to_end
from tests.services.provisioner.engine.world import World
from tests.support.identities import as_member


async def _ended(database: Database, tenancy: Tenancy, *, seconds: int) -> UUID:
    """A creation that succeeded, as if each of its phases had taken that long."""
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    assert (await run_to_end(tenancy, World(), deployment_id)).status == "succeeded"
    async with database.system_session() as session:
        took = text("UPDATE deployment_step SET finished_at = started_at + :took WHERE deployment_id = :id")
        await session.execute(took, {"took": timedelta(seconds=seconds), "id": deployment_id})
    return deployment_id


async def _medians(tenancy: Tenancy, kind: str = "create") -> dict[str, int]:
    async with tenancy.database.tenant_session(tenancy.tenant_id) as session:
        return await repository.phase_medians(session, kind)


async def test_the_sweep_keeps_the_median_of_all_tenants_deployments_that_succeeded(
    database: Database, tenancy: Tenancy
) -> None:
    for seconds in (10, 40, 3000):
        await _ended(database, Tenancy(database, uuid4(), tenancy.recipes), seconds=seconds)

    assert await run_sweep(DURATIONS, database=database, clock=SystemClock()) == len(PHASES)
    assert await run_sweep(DURATIONS, database=database, clock=SystemClock()) == 0

    assert await _medians(tenancy) == dict.fromkeys(PHASES, 40)
    assert await _medians(tenancy, "convert") == {}


async def test_what_failed_teaches_nothing(database: Database, tenancy: Tenancy, world: World) -> None:
    world.broken["make_verify"] = StepFailed("broken", "It is broken.")
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await run_to_end(tenancy, world, deployment_id)

    assert await run_sweep(DURATIONS, database=database, clock=SystemClock()) == 0


async def test_a_deployment_tells_what_to_expect_while_it_is_at_work(
    client: httpx.AsyncClient, database: Database, tenancy: Tenancy, world: World
) -> None:
    async def seen() -> dict[str, object]:
        path = f"/v1/deployments/{deployment_id}"
        answer: dict[str, object] = (await client.get(path, headers=as_member(tenancy.tenant_id))).json()
        return answer

    def expected(view: dict[str, object]) -> list[int]:
        phases = view["phases"]
        assert isinstance(phases, list)
        return [phase["expected_seconds"] for phase in phases]

    await _ended(database, Tenancy(database, uuid4(), tenancy.recipes), seconds=100)
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    view = await seen()
    assert (expected(view), view["expected_finished_at"]) == ([2] * 8, None)

    await run_sweep(DURATIONS, database=database, clock=SystemClock())
    world.waits["make_compute"] = 1
    await engine_on(database, world).run_due()
    view = await seen()
    assert expected(view) == [100] * 8
    left = (
        datetime.fromisoformat(str(view["expected_finished_at"])) - (await tenancy.deployment(deployment_id)).created_at
    )
    assert timedelta(seconds=400) <= left < timedelta(seconds=430)

    await run_to_end(tenancy, world, deployment_id)
    view = await seen()
    assert (view["expected_finished_at"], view["retryable"]) == (None, False)


async def test_a_late_phase_is_expected_to_end_at_once_and_what_goes_back_says_nothing(
    tenancy: Tenancy, world: World
) -> None:
    world.waits["make_compute"] = 1
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await engine_on(tenancy.database, world).run_due()
    deployment = await tenancy.deployment(deployment_id)
    steps = list((await tenancy.steps(deployment_id)).values())
    expected: dict[str, int] = dict.fromkeys(PHASES, 10)
    late = deployment.created_at + timedelta(hours=1)

    assert expected_finish(deployment, steps, expected=expected, now=late) == late + timedelta(seconds=30)
    deployment.direction = "back"
    assert expected_finish(deployment, steps, expected=expected, now=late) is None


async def test_only_the_newest_deployment_that_failed_offers_a_retry(
    client: httpx.AsyncClient, tenancy: Tenancy, world: World
) -> None:
    async def retryable(deployment_id: UUID) -> bool:
        answer = await client.get(f"/v1/deployments/{deployment_id}", headers=as_member(tenancy.tenant_id))
        return bool(answer.json()["retryable"])

    first = await tenancy.created()
    assert first is not None
    await tenancy.canceled(first)
    await run_to_end(tenancy, world, first)
    assert await retryable(first)
    second = await tenancy.retried(first)
    assert (await retryable(first), await retryable(second)) == (False, False)


def test_the_shipped_recipes_expect_minutes_and_not_hours() -> None:
    for kind, recipe in load_recipes().items():
        without_rds = sum(entry.usual for entry in recipe if entry.when is None)
        assert 120 <= without_rds <= 900, kind
