"""The engine as a loop of the worker: its bell, its worker and the look for drift, on one open cloud."""

import asyncio
from typing import TYPE_CHECKING

from libs.common.bell import Bell
from services.provisioner.cloud.inventory import CloudInventory
from services.provisioner.deployments.repository import BELL_CHANNEL
from services.provisioner.engine.reconciler import Reconciler
from services.provisioner.engine.sweeps import watch_drift
from services.provisioner.engine.worker import Engine, EngineLimits
from services.provisioner.steps.catalogue import STEPS

if TYPE_CHECKING:
    from libs.common.service import Loop
    from services.provisioner.context import ProvisionerContext


def engine_loop(context: "ProvisionerContext") -> "Loop":
    """Works off deployments until the worker stops."""

    async def run(stop: asyncio.Event) -> None:
        settings = context.settings
        cloud = await context.cloud.open()
        dependencies = context.dependencies(cloud)
        engine = Engine(
            context.database,
            steps=STEPS,
            recipes=context.recipes,
            dependencies=dependencies,
            limits=EngineLimits(concurrency=settings.engine_concurrency, lease_seconds=settings.lease_seconds),
        )
        reconciler = Reconciler(
            context.database,
            steps=STEPS,
            recipes=context.recipes,
            dependencies=dependencies,
            inventory=CloudInventory(cloud),
        )
        bell = Bell(BELL_CHANNEL)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(bell.listen(settings.listen_url, stop))
            tasks.create_task(engine.work(bell, stop))
            tasks.create_task(watch_drift(reconciler, context.database, stop))

    return run
