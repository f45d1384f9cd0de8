"""A real conversion on the emulated account: its workers die, its calls fail, and no byte is lost."""

import secrets
from uuid import UUID

import pytest

from tests.faults.stack_scene import (
    StackScene,
    all_or_first,
    moments,
    nothing_is_double_or_unknown,
    stack_holds,
    stack_is_usable,
    succeeds,
)

FAILING = (
    "CreateBucket", "RunInstances", "CreateTargetGroup", "RegisterTargets", "ModifyRule", "DeleteTargetGroup",
)  # fmt: skip


async def trial(scene: StackScene) -> tuple[UUID, bytes]:
    """A trial that stands, with a file of its owner's."""
    created = await scene.business.wanted()
    await succeeds(scene, created)
    [volume] = scene.volumes()
    content = secrets.token_bytes(100_000)
    (volume / "contract.pdf").write_bytes(content)
    return created, content


def the_file_is_in_one_place(scene: StackScene, content: bytes) -> None:
    assert [(volume / "contract.pdf").read_bytes() for volume in scene.volumes()] == [content]


async def test_workers_killed_at_every_moment_of_a_conversion_move_all_of_it_together(stack_scene: StackScene) -> None:
    created, content = await trial(stack_scene)
    before = stack_scene.volumes()
    converted = await stack_scene.business.paid()
    killed = await stack_scene.kill_in_turn(converted, moments("convert"))
    await stack_holds(stack_scene, [created, converted])
    the_file_is_in_one_place(stack_scene, content)
    assert stack_scene.volumes() != before
    sure = moments("convert", ("after_start", "before_done", "after_done"))
    assert set(sure) <= set(killed)


@pytest.mark.parametrize("mode", all_or_first("fail_after_effect", "fail_once", "throttle"))
async def test_a_conversion_whose_every_call_fails_once_moves_one_stack(stack_scene: StackScene, mode: str) -> None:
    created, content = await trial(stack_scene)
    converted = await stack_scene.business.paid()
    for action in FAILING:
        stack_scene.fault(action, mode, times=1)
    await succeeds(stack_scene, converted)
    stack_scene.mend()
    await stack_holds(stack_scene, [created, converted])
    the_file_is_in_one_place(stack_scene, content)


@pytest.mark.parametrize("action", all_or_first("ModifyRule", "RunInstances"))
async def test_a_conversion_that_cannot_be_leaves_the_trial_as_it_was(stack_scene: StackScene, action: str) -> None:
    _, content = await trial(stack_scene)
    before = stack_scene.volumes()
    converted = await stack_scene.business.paid()
    stack_scene.fault(action, "fail_always")
    ended = await stack_scene.finish(converted, hurry=True)
    assert ended.status == "rolled_back", ended.message
    assert stack_scene.volumes() == before
    the_file_is_in_one_place(stack_scene, content)
    await nothing_is_double_or_unknown(stack_scene)
    await stack_is_usable(stack_scene)
    stack = await stack_scene.business.stack()
    assert (stack.status, stack.host_kind) == ("ready", "shared")


async def test_a_switch_that_happened_though_its_call_failed_is_not_taken_back(stack_scene: StackScene) -> None:
    _, content = await trial(stack_scene)
    converted = await stack_scene.business.paid()
    stack_scene.fault("ModifyRule", "fail_after_effect", times=None)
    ended = await stack_scene.finish(converted, hurry=True)
    assert ended.status in {"succeeded", "needs_operator"}, ended.message
    stack_scene.mend()
    if ended.status == "needs_operator":
        ended = await stack_scene.finish(await stack_scene.business.retried(converted))
    assert ended.status == "succeeded"
    the_file_is_in_one_place(stack_scene, content)
    await stack_is_usable(stack_scene)
