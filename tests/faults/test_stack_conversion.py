"""A real conversion on the emulated account: its workers die, its calls fail, and no byte is lost."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from libs.adapters.objects import Objects, open_objects, tenant_key
from services.provisioner.cloud.cloud import Cloud, open_cloud
from tests.faults.boundaries import all_or_first
from tests.faults.stack_scene import (
    StackScene,
    moments,
    nothing_is_double_or_unknown,
    stack_holds,
    stack_is_usable,
    succeeds,
)

FAILING = (
    "CreateBucket", "RunInstances", "CreateTargetGroup", "RegisterTargets", "ModifyRule", "DeleteTargetGroup",
)  # fmt: skip


@pytest.fixture
async def files(stack_scene: StackScene) -> AsyncIterator["StoredFiles"]:
    world = stack_scene.sandbox.world.provisioner()
    async with open_objects(world.objects) as objects, open_cloud(world.cloud) as cloud:
        yield StoredFiles(stack_scene, objects, cloud, world.shared_bucket)


@dataclass
class StoredFiles:
    """What the owner stored: below the trial's prefix, then in the stack's own bucket."""

    scene: StackScene
    objects: Objects
    cloud: Cloud
    shared: str
    content: bytes = field(default_factory=lambda: secrets.token_bytes(50_000))

    @property
    def key(self) -> str:
        return tenant_key(self.scene.business.tenant_id, "uploads", "logo.png")

    async def stored(self) -> None:
        await self.objects.put(self.shared, self.key, self.content, content_type="image/png")

    async def are_at_the_trial(self) -> None:
        async with self.objects.get(self.shared, self.key) as reader:
            assert await reader.read() == self.content

    async def are_in_the_own_bucket_only(self) -> None:
        bucket = next(row.name for row in await self.scene.business.living() if row.kind == "s3_bucket")
        found = await self.cloud.bucket_objects.find(bucket, "uploads/logo.png")
        assert found is not None
        assert (found.size, found.sha256) == (len(self.content), hashlib.sha256(self.content).hexdigest())
        left = await self.objects.list_objects(self.shared, f"{self.scene.business.tenant_id}/")
        assert all("/backups/" in entry.key for entry in left), left


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


async def test_workers_killed_at_every_moment_of_a_conversion_move_all_of_it_together(
    stack_scene: StackScene, files: StoredFiles
) -> None:
    created, content = await trial(stack_scene)
    await files.stored()
    before = stack_scene.volumes()
    converted = await stack_scene.business.paid()
    killed = await stack_scene.kill_in_turn(converted, moments("convert"))
    await stack_holds(stack_scene, [created, converted])
    the_file_is_in_one_place(stack_scene, content)
    await files.are_in_the_own_bucket_only()
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
async def test_a_conversion_that_cannot_be_leaves_the_trial_as_it_was(
    stack_scene: StackScene, files: StoredFiles, action: str
) -> None:
    _, content = await trial(stack_scene)
    await files.stored()
    before = stack_scene.volumes()
    converted = await stack_scene.business.paid()
    stack_scene.fault(action, "fail_always")
    ended = await stack_scene.finish(converted, hurry=True)
    assert ended.status == "rolled_back", ended.message
    assert stack_scene.volumes() == before
    await files.are_at_the_trial()
    kept = [row for row in await stack_scene.business.living() if row.state == "exists"]
    assert {row.tags["Plan"] for row in kept} == {"trial"}
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
