"""The engine's worker: claims what is due, runs several deployments at once, and sleeps until there is more."""

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic

import structlog
from sqlalchemy import exc

from libs.common.bell import Bell
from libs.common.database import Database
from libs.common.failpoints import FailpointReached
from services.provisioner.engine import claim, repository
from services.provisioner.engine.beginning import begin
from services.provisioner.engine.journal import Journal
from services.provisioner.engine.lease import Lease, LeaseLost, hold
from services.provisioner.engine.recipes import Recipes, check_recipe
from services.provisioner.engine.runner import Runner
from services.provisioner.engine.step import D, Step
from services.provisioner.engine.verbs import Verbs

logger = structlog.get_logger()
SHORTEST_PAUSE = 0.01
DATABASE_TROUBLE = (exc.SQLAlchemyError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineLimits:
    """`lease_seconds` is how long a dead worker's deployment lies still; `poll_seconds` covers a lost bell.

    A worker that is told to stop lets calls in hand go on for `finish_seconds`, then cancels them.
    """

    concurrency: int = 4
    lease_seconds: float = 15.0
    poll_seconds: float = 5.0
    finish_seconds: float = 10.0


def worker_name() -> str:
    """A name that no other worker has or had."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Engine(Generic[D]):
    """Runs deployments by `recipes` with `steps`, which find what they need in `dependencies`.

    Raises:
        BadRecipe: a recipe names a step that is not there, or in another phase.
    """

    def __init__(
        self,
        database: Database,
        *,
        steps: Sequence[Step[D]],
        recipes: Recipes,
        dependencies: D,
        limits: EngineLimits | None = None,
        owner: str | None = None,
    ) -> None:
        self._database = database
        self._steps: Mapping[str, Step[D]] = {step.name: step for step in steps}
        self._recipes = recipes
        self._dependencies = dependencies
        self._limits = limits or EngineLimits()
        self._owner = owner or worker_name()
        for kind, recipe in recipes.items():
            check_recipe(kind, recipe, known_steps={step.name: step.phase for step in steps})

    async def work(self, bell: Bell, stop: asyncio.Event) -> None:
        """Claims and runs until `stop` is set; then finishes or hands back what is in hand."""
        running: set[asyncio.Task[None]] = set()
        with bell.heard() as rung:
            while not stop.is_set():
                rung.clear()
                pause = await self._start_due(running, stop)
                await _first_of(_within(pause, rung), stop.wait(), *running)
                running.difference_update([task for task in running if _ended(task)])
        await self._finish(running)

    async def _start_due(self, running: set[asyncio.Task[None]], stop: asyncio.Event) -> float:
        """Starts what is due, as far as there is room; returns the seconds until it is worth looking again."""
        try:
            leases = await self._claim(self._limits.concurrency - len(running))
        except DATABASE_TROUBLE as error:
            logger.warning("engine.claim_failed", reason=str(error))
            return min(1.0, self._limits.poll_seconds)
        running.update(asyncio.create_task(self.run(lease, stopping=stop.is_set)) for lease in leases)
        return await self._pause(full=len(running) >= self._limits.concurrency)

    async def _claim(self, free: int) -> list[Lease]:
        if free <= 0:
            return []
        seconds = self._limits.lease_seconds
        return await claim.claim(self._database, owner=self._owner, seconds=seconds, limit=free)

    async def _pause(self, *, full: bool) -> float:
        if full:
            return self._limits.poll_seconds
        try:
            due = await claim.seconds_until_due(self._database)
        except DATABASE_TROUBLE:
            due = None
        return self._limits.poll_seconds if due is None else min(max(due, SHORTEST_PAUSE), self._limits.poll_seconds)

    async def run_due(self, *, limit: int = 10) -> int:
        """Claims what is due now and runs it until it ends or waits; returns how many deployments that were."""
        leases = await self._claim(limit)
        for lease in leases:
            await self.run(lease)
        return len(leases)

    async def run(self, lease: Lease, *, stopping: Callable[[], bool] = lambda: False) -> None:
        """Runs one claimed deployment while renewing its lease. A lost lease and a failing database end it quietly:
        the deployment is claimed again when the lease has run out."""
        structlog.contextvars.bind_contextvars(deployment=str(lease.deployment_id))
        try:
            await hold(lease, self._renew, self._run(lease, stopping))
        except LeaseLost as lost:
            logger.warning("engine.lease_lost", reason=str(lost))
        except DATABASE_TROUBLE as error:
            logger.warning("engine.interrupted", reason=str(error))
        except FailpointReached as reached:
            logger.warning("engine.failpoint", name=str(reached))

    async def _run(self, lease: Lease, stopping: Callable[[], bool]) -> None:
        journal = await Journal.open(self._database, lease)
        stack = await begin(journal, self._recipes)
        verbs = Verbs(journal, stack, self._steps, self._dependencies)
        try:
            await Runner(journal, stack, verbs, stopping=stopping).run()
        except asyncio.CancelledError:
            if stopping():
                await journal.hand_back()
            raise

    async def _renew(self, lease: Lease) -> bool:
        async with self._database.tenant_session(lease.tenant_id) as session:
            return await repository.renew(session, lease)

    async def _finish(self, running: set[asyncio.Task[None]]) -> None:
        if running:
            _, unfinished = await asyncio.wait(running, timeout=self._limits.finish_seconds)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


async def _within(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def _first_of(*awaitables: "asyncio.Task[None] | object") -> None:
    own = [asyncio.ensure_future(each) for each in awaitables if asyncio.iscoroutine(each)]
    others = [each for each in awaitables if isinstance(each, asyncio.Task)]
    try:
        await asyncio.wait([*own, *others], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in own:
            task.cancel()
        await asyncio.gather(*own, return_exceptions=True)


def _ended(task: "asyncio.Task[None]") -> bool:
    """Whether the task is over. A defect in the engine costs one deployment its lease, and not the others theirs."""
    if not task.done():
        return False
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("engine.defect", task=task.get_name(), exc_info=error)
    return True
