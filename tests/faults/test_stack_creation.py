"""A real creation on the emulated account: its workers die, its calls fail, and it ends whole or not at all."""

import pytest

from tests.faults.boundaries import all_or_first
from tests.faults.stack_scene import (
    StackScene,
    moments,
    nothing_is_double_or_unknown,
    stack_holds,
    succeeds,
)
from tests.support.eventually import eventually

FAILING = (
    "CreateSecurityGroup", "CreateRole", "CreateKey", "ChangeResourceRecordSets", "RequestCertificate",
    "CreateTargetGroup", "CreateRule", "RegisterTargets", "CreateEmailIdentity",
)  # fmt: skip


async def test_workers_killed_at_every_moment_of_a_creation_build_one_stack_together(stack_scene: StackScene) -> None:
    deployment_id = await stack_scene.business.wanted()
    killed = await stack_scene.kill_in_turn(deployment_id, moments("create"))
    await stack_holds(stack_scene, [deployment_id])
    assert set(moments("create", ("after_start", "before_done", "after_done"))) <= set(killed)


@pytest.mark.parametrize("mode", all_or_first("fail_after_effect", "fail_once", "throttle"))
async def test_a_creation_whose_every_call_fails_once_builds_one_stack(stack_scene: StackScene, mode: str) -> None:
    deployment_id = await stack_scene.business.wanted()
    for action in FAILING:
        stack_scene.fault(action, mode, times=1)
    await succeeds(stack_scene, deployment_id)
    stack_scene.mend()
    await stack_holds(stack_scene, [deployment_id])


@pytest.mark.parametrize("action", all_or_first("CreateEmailIdentity", "CreateTargetGroup", "CreateRule"))
async def test_a_creation_whose_call_always_fails_leaves_nothing_but_what_is_kept(
    stack_scene: StackScene, action: str
) -> None:
    deployment_id = await stack_scene.business.wanted()
    stack_scene.fault(action, "fail_always")
    ended = await stack_scene.finish(deployment_id, hurry=True)
    assert ended.status == "rolled_back", ended.message
    await nothing_is_double_or_unknown(stack_scene)
    assert {row.state for row in await stack_scene.business.living()} <= {"quarantined"}
    stack_scene.mend()
    retried = await stack_scene.business.retried(deployment_id)
    await succeeds(stack_scene, retried)
    await stack_holds(stack_scene, [retried])


async def test_a_creation_waits_for_room_and_keeps_what_it_made_where_only_an_operator_can_go_on(
    stack_scene: StackScene,
) -> None:
    business, usual = stack_scene.business, stack_scene.arguments
    deployment_id = await business.wanted()
    stack_scene.arguments = {**usual, "full": True}
    worker = stack_scene.start_worker()

    async def waits_for_room() -> bool:
        return (await business.steps(deployment_id))["dns_records"].reason == "Waiting for room on a load balancer."

    await eventually(waits_for_room, timeout=60)
    await worker.stop()
    stack_scene.arguments = usual
    await business.end_waits()
    stack_scene.fault("AddListenerCertificates", "fail_always", code="TooManyCertificates", status=400)
    ended = await stack_scene.finish(deployment_id)
    assert (ended.status, ended.error and ended.error["code"]) == ("needs_operator", "cloud_quota_exceeded")
    assert ended.message.startswith("Our team has to raise a limit. What was made so far is kept.")
    await nothing_is_double_or_unknown(stack_scene)

    stack_scene.mend()
    retried = await business.retried(deployment_id)
    await succeeds(stack_scene, retried)
    await stack_holds(stack_scene, [retried])


async def test_a_compensation_that_always_fails_is_told_and_an_operators_retry_ends_it(
    stack_scene: StackScene,
) -> None:
    deployment_id = await stack_scene.business.wanted()
    stack_scene.fault("CreateRule", "fail_always")
    stack_scene.fault("DeleteTargetGroup", "fail_always")
    ended = await stack_scene.finish(deployment_id, hurry=True)
    assert ended.status == "rollback_failed", ended.message
    await nothing_is_double_or_unknown(stack_scene)
    stack_scene.mend()
    retried = await stack_scene.business.retried(deployment_id)
    await succeeds(stack_scene, retried)
    await stack_holds(stack_scene, [retried])
