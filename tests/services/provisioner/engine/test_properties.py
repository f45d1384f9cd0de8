"""Whatever goes wrong, in whatever order: at most one of everything, and the ledger knows all that exists."""

import random
from collections import Counter
from contextlib import suppress
from uuid import UUID

import pytest

from libs.common.failpoints import configure_failpoints
from services.provisioner.deployments.errors import AlreadyGoingBack, DeploymentFinished, PastThePivot
from services.provisioner.engine import rollback, runner
from services.provisioner.engine.step import PHASES, NeedsOperator, StepFailed
from tests.services.provisioner.engine.factories import FINAL, Tenancy, engine_on
from tests.services.provisioner.engine.world import Throttled, World

STEPS = [*(f"make_{phase}" for phase in PHASES), "pivot", "after_pivot"]
BOUNDARIES = (*runner.BOUNDARIES, *rollback.BOUNDARIES, "before_intent_commit", "after_intent_commit",
              "before_exists_commit", "after_exists_commit", "before_removing_commit", "after_removing_commit",
              "before_removed_commit", "after_removed_commit", "before_wait", "after_wait")  # fmt: skip


def trouble(chance: random.Random, world: World) -> None:
    """Prepares the next misfortune."""
    step = chance.choice(STEPS)
    configure_failpoints(f"engine.{step}.{chance.choice(BOUNDARIES)}:1:raise" if chance.random() < 0.7 else "")
    world.waits[chance.choice(["", "verify "]) + chance.choice(STEPS)] = chance.randrange(3)
    world.unremovable = {chance.choice(STEPS)} if chance.random() < 0.1 else set()
    world.broken = {}
    if chance.random() < 0.2:
        error = chance.choice(
            [StepFailed("no", "No."), StepFailed("no", "No.", retryable=True), NeedsOperator("x", "X.")]
        )
        world.broken = {chance.choice(STEPS): error}
    failing = f"make {chance.choice(STEPS)}" if chance.random() < 0.3 else ""

    def fail(effect: str) -> None:
        if effect == failing and chance.random() < 0.7:
            raise Throttled("rate exceeded")

    world.before, world.after = (fail, fail) if chance.random() < 0.5 else (lambda _effect: None, fail)


async def through_trouble(tenancy: Tenancy, world: World, chance: random.Random, deployment_id: UUID) -> str:
    for _ in range(80):
        trouble(chance, world)
        await engine_on(tenancy.database, world, recipes=tenancy.recipes).run_due()
        await holds(tenancy, world)
        if chance.random() < 0.05:
            with suppress(AlreadyGoingBack, DeploymentFinished, PastThePivot):
                await tenancy.canceled(deployment_id)
        deployment = await tenancy.deployment(deployment_id)
        if deployment.status in FINAL:
            return deployment.status
        await tenancy.expire_leases()
        await tenancy.end_waits()
    raise AssertionError("the deployment did not end")


async def holds(tenancy: Tenancy, world: World) -> None:
    """At most one of everything; whatever exists is in the ledger, by its token."""
    assert max(Counter(thing.name for thing in world.things).values(), default=0) <= 1
    tokens = {row.client_token for row in await tenancy.living()}
    assert {thing.client_token for thing in world.things} <= tokens


@pytest.mark.parametrize("seed", range(12))
async def test_no_misfortune_makes_two_of_a_thing_or_loses_one(tenancy: Tenancy, world: World, seed: int) -> None:
    chance = random.Random(seed)
    wanted = await tenancy.created()
    assert wanted is not None
    for _ in range(12):
        status = await through_trouble(tenancy, world, chance, wanted)
        await holds(tenancy, world)
        if status == "succeeded":
            assert {row.state for row in await tenancy.living()} == {"exists"}
            converted = await tenancy.activated(version=1)
            if converted is None:
                break
            wanted = converted
        else:
            if status in {"rolled_back", "canceled"} and (await tenancy.stack()).observed is None:
                assert {row.state for row in await tenancy.living()} <= {"quarantined"}
            wanted = await tenancy.retried(wanted)
    configure_failpoints("")
    assert (await tenancy.stack()).status in {"ready", "provisioning", "error", "pending", "changing"}
