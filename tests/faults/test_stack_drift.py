"""What the reconciler sees on the emulated account: nothing where all is well, and each difference once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.inventory import CloudInventory
from services.provisioner.context import open_context
from services.provisioner.engine.reconciler import Reconciler
from services.provisioner.resources.drift_repository import list_open
from services.provisioner.steps.catalogue import STEPS
from services.provisioner.steps.dependencies import Dependencies
from tests.faults.stack_scene import RECIPES, StackScene, succeeds


@asynccontextmanager
async def watched(scene: StackScene) -> AsyncIterator[tuple[Cloud, Reconciler[Dependencies]]]:
    """The account, and a reconciler on it as the worker has it."""
    async with open_context(scene.sandbox.world.provisioner()) as context:
        cloud = await context.cloud.open()
        yield (
            cloud,
            Reconciler(
                scene.database,
                steps=STEPS,
                recipes=RECIPES,
                dependencies=context.dependencies(cloud),
                inventory=CloudInventory(cloud),
            ),
        )


async def differences(scene: StackScene, reconciler: Reconciler[Dependencies]) -> set[tuple[str, str]]:
    """Subject and kind of everything open about this business, after a fresh look."""
    await reconciler.reconcile_stack(scene.business.tenant_id)
    await reconciler.find_orphans()
    async with scene.database.tenant_session(scene.business.tenant_id) as session:
        return {(row.subject, row.kind) for row in await list_open(session, limit=100)}


async def test_a_stack_shows_no_difference_before_and_after_its_conversion(stack_scene: StackScene) -> None:
    await succeeds(stack_scene, await stack_scene.business.wanted())
    async with watched(stack_scene) as (_, reconciler):
        assert await differences(stack_scene, reconciler) == set()
        await succeeds(stack_scene, await stack_scene.business.paid())
        assert await differences(stack_scene, reconciler) == set()


async def test_what_somebody_changed_by_hand_is_shown_until_it_is_as_it_was(stack_scene: StackScene) -> None:
    await succeeds(stack_scene, await stack_scene.business.wanted())
    name = f"stackpro-{stack_scene.business.slug}"
    async with watched(stack_scene) as (cloud, reconciler):
        hostname = f"{stack_scene.business.slug}.localhost"
        record = await cloud.dns.find(hostname, "A")
        assert record is not None
        await cloud.dns.delete(hostname, "A")
        tags = {"Tenant": str(stack_scene.business.tenant_id), "ManagedBy": "stackpro"}
        stray = await cloud.security_groups.create(f"{name}-by-hand", description="by hand", ingress=[], tags=tags)
        assert await differences(stack_scene, reconciler) == {
            ("dns_records", "missing"),
            (f"ec2:security-group/{stray.id}", "orphan"),
        }
        await cloud.dns.create(record)
        await cloud.security_groups.delete(stray.name)
        assert await differences(stack_scene, reconciler) == set()
