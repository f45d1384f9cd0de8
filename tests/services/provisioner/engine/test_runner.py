"""A deployment goes through its steps, each once, whatever happens to workers, calls and waits."""

from collections.abc import Callable

import pytest

from libs.common.failpoints import configure_failpoints
from services.provisioner.engine.runner import BOUNDARIES
from services.provisioner.engine.step import PHASES, NeedsCustomer, NeedsOperator, StepFailed
from tests.services.provisioner.engine.factories import Tenancy, engine_on, run_to_end
from tests.services.provisioner.engine.world import Throttled, World


async def test_a_creation_makes_everything_once_and_says_so(tenancy: Tenancy, world: World) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    stack = await tenancy.stack()
    assert (ended.status, ended.steps_done, ended.lease_owner) == ("succeeded", 8, None)
    assert "up" in ended.message
    assert set(world.made.values()) == {1}
    assert len(world.things) == 8
    assert (stack.status, stack.host_kind, stack.observed_generation) == ("ready", "shared", 1)
    assert stack.outputs["make_compute"] == {"id": "thing-5", "verified": True}
    assert {row.state for row in await tenancy.living()} == {"exists"}


async def test_the_story_is_numbered_without_gaps_and_ends_with_the_end(tenancy: Tenancy, world: World) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await run_to_end(tenancy, world, deployment_id)
    events = await tenancy.events(deployment_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.data["status"] for event in events if event.kind == "deployment"] == [
        "queued",
        "running",
        "succeeded",
    ]
    assert [event.data["name"] for event in events if event.data["status"] == "done"] == [f"make_{p}" for p in PHASES]


async def test_a_step_that_waits_holds_no_lease_and_makes_nothing_twice(tenancy: Tenancy, world: World) -> None:
    world.waits["make_compute"] = 2
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await engine_on(tenancy.database, world).run_due()
    waiting = await tenancy.deployment(deployment_id)
    assert (waiting.status, waiting.lease_owner, waiting.lease_until) == ("waiting", None, None)
    assert waiting.message == "make_compute is on its way."
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "succeeded"
    assert set(world.made.values()) == {1}
    assert (await tenancy.steps(deployment_id))["make_compute"].attempts == 1


async def test_a_wait_in_verify_goes_on_from_observe(tenancy: Tenancy, world: World) -> None:
    world.waits["verify make_network"] = 1
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "succeeded"
    assert world.calls.count("ensure make_network") == 1
    assert world.calls.count("observe make_network") == 2


@pytest.mark.parametrize("boundary", BOUNDARIES)
async def test_a_worker_that_dies_at_a_boundary_is_succeeded_without_a_second_effect(
    tenancy: Tenancy, world: World, boundary: str
) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    configure_failpoints(f"engine.make_compute.{boundary}:1:raise")
    await engine_on(tenancy.database, world).run_due()
    assert (await tenancy.deployment(deployment_id)).status == "running"
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "succeeded"
    assert set(world.made.values()) == {1}
    assert len(world.things) == len(await tenancy.living()) == 8


@pytest.mark.parametrize(
    "boundary",
    ["before_intent_commit", "after_intent_commit", "before_exists_commit", "after_exists_commit"],
)
async def test_a_worker_that_dies_around_the_ledger_makes_nothing_twice(
    tenancy: Tenancy, world: World, boundary: str
) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    configure_failpoints(f"engine.make_network.{boundary}:1:raise")
    await engine_on(tenancy.database, world).run_due()
    assert (await tenancy.deployment(deployment_id)).status == "running"
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "succeeded"
    assert set(world.made.values()) == {1}
    assert len(world.things) == len(await tenancy.living()) == 8


async def test_workers_that_die_everywhere_one_after_the_other_still_make_everything_once(
    tenancy: Tenancy, world: World
) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    for boundary in BOUNDARIES:
        configure_failpoints(f"engine.make_database.{boundary}:1:raise")
        await engine_on(tenancy.database, world).run_due()
        await tenancy.expire_leases()
    configure_failpoints("")
    assert (await run_to_end(tenancy, world, deployment_id)).status == "succeeded"
    assert set(world.made.values()) == {1}


def failing(effect: str, times: int) -> Callable[[str], None]:
    left = [times]

    def fail(at: str) -> None:
        if at == effect and left[0] > 0:
            left[0] -= 1
            raise Throttled("rate exceeded")

    return fail


async def test_a_call_that_fails_once_is_tried_again(tenancy: Tenancy, world: World) -> None:
    world.before = failing("make make_storage", 1)
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "succeeded"
    assert (await tenancy.steps(deployment_id))["make_storage"].attempts == 2


async def test_a_call_that_fails_after_its_effect_is_adopted(tenancy: Tenancy, world: World) -> None:
    world.after = failing("make make_storage", 1)
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "succeeded"
    assert set(world.made.values()) == {1}


async def test_a_call_that_always_fails_rolls_back_in_reverse(tenancy: Tenancy, world: World) -> None:
    world.before = failing("make make_database", 99)
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "rolled_back"
    assert ended.error is not None
    assert ended.error["step"] == "make_database"
    assert world.calls.count("ensure make_database") == 3
    assert [call for call in world.calls if call.startswith("compensate")] == [
        "compensate make_database", "compensate make_storage", "compensate make_network", "compensate make_validate",
    ]  # fmt: skip


async def test_an_error_that_cannot_be_retried_is_not(tenancy: Tenancy, world: World) -> None:
    world.broken["make_network"] = StepFailed("bad_plan", "The plan cannot be built.", operator_detail="secret words")
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    step = (await tenancy.steps(deployment_id))["make_network"]
    assert ended.status == "rolled_back"
    assert "The plan cannot be built." in ended.message
    assert "secret words" not in f"{ended.message}{ended.error}{[e.data for e in await tenancy.events(deployment_id)]}"
    assert (step.attempts, step.operator_detail) == (1, "secret words")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NeedsCustomer("record_missing", "Add the record we showed you."), "needs_customer"),
        (NeedsOperator("quota", "We are waiting for more room."), "needs_operator"),
    ],
)
async def test_what_needs_a_person_keeps_what_was_made(
    tenancy: Tenancy, world: World, error: NeedsCustomer, status: str
) -> None:
    world.broken["make_dns_tls"] = error
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == status
    assert ended.message.startswith(error.message)
    assert world.removed == []
    assert len(world.things) == len(await tenancy.living()) == 5


async def test_a_wait_past_its_deadline_fails_with_what_it_waited_for(tenancy: Tenancy, world: World) -> None:
    world.waits["make_network"] = 99
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await engine_on(tenancy.database, world).run_due()
    world.waits["verify make_network"] = 99
    await tenancy.pass_deadlines()
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "rolled_back"
    assert ended.error is not None
    assert ended.error["code"] == "deadline_exceeded"
    assert "make_network is starting." in ended.error["message"]


async def test_a_step_that_kills_every_worker_ends_by_itself(tenancy: Tenancy, world: World) -> None:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    configure_failpoints(",".join(f"engine.make_network.before_ensure:{nth}:raise" for nth in range(1, 40)))
    ended = await run_to_end(tenancy, world, deployment_id)
    assert ended.status == "rolled_back"
    assert ended.error is not None
    assert ended.error["code"] == "worker_crashed"


async def test_the_story_tells_which_step_failed_with_its_code_before_it_tells_what_became_of_the_deployment(
    tenancy: Tenancy, world: World
) -> None:
    world.broken["make_compute"] = StepFailed("no_room", "There is no room.")
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await run_to_end(tenancy, world, deployment_id)
    events = await tenancy.events(deployment_id)
    told = [(event.kind, event.data["status"]) for event in events]
    at = told.index(("step", "failed"))
    assert {key: events[at].data[key] for key in ("name", "phase", "code", "reason")} == {
        "name": "make_compute",
        "phase": "compute",
        "code": "no_room",
        "reason": "There is no room.",
    }
    assert told[at + 1] == ("deployment", "running")
    assert told[-1] == ("deployment", "rolled_back")


async def test_the_story_tells_of_a_failure_that_is_kept_as_it_is(tenancy: Tenancy, world: World) -> None:
    world.broken["make_compute"] = NeedsOperator("quota", "There is no room.")
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    await run_to_end(tenancy, world, deployment_id)
    *_, failed, ended = await tenancy.events(deployment_id)
    assert (failed.kind, failed.data["status"], failed.data["code"]) == ("step", "failed", "quota")
    assert (ended.kind, ended.data["status"]) == ("deployment", "needs_operator")
