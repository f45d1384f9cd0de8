"""A worker's hold on a deployment: the fence it writes with, for as long as it is renewed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from sqlalchemy import exc

logger = structlog.get_logger()


class LeaseLost(Exception):
    """Another worker may hold the deployment by now: stop, and write nothing."""


class Lease:
    """One claim. `fence` is greater than that of every claim before; `abandoned` says that the last holder died."""

    def __init__(
        self, *, tenant_id: UUID, deployment_id: UUID, owner: str, fence: int, seconds: float, abandoned: bool
    ) -> None:
        self.tenant_id = tenant_id
        self.deployment_id = deployment_id
        self.owner = owner
        self.fence = fence
        self.seconds = seconds
        self.abandoned = abandoned
        self._valid_until = time.monotonic() + seconds

    def started_at(self, moment: float) -> None:
        """Counts the lease from `moment`, taken by `time.monotonic()` before PostgreSQL was asked for it."""
        self._valid_until = moment + self.seconds

    def check(self) -> None:
        """Raises `LeaseLost` unless the lease certainly lives; asked before anything is done to the world."""
        if time.monotonic() >= self._valid_until:
            raise LeaseLost(f"the lease on deployment {self.deployment_id} ran out")


async def hold(lease: Lease, renew: Callable[[Lease], Awaitable[bool]], work: Awaitable[None]) -> None:
    """Does `work` while renewing the lease at a third of its time.

    Raises:
        LeaseLost: it was not renewed; `work` was cancelled then.
    """
    working = asyncio.ensure_future(work)
    beating = asyncio.create_task(_beat(lease, renew))
    try:
        await asyncio.wait([working, beating], return_when=asyncio.FIRST_COMPLETED)
    finally:
        both = (working, beating)
        unfinished = [task for task in both if not task.done()]
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
    if beating.done() and not beating.cancelled():
        beating.result()
    await working


async def _beat(lease: Lease, renew: Callable[[Lease], Awaitable[bool]]) -> None:
    while True:
        await asyncio.sleep(lease.seconds / 3)
        moment = time.monotonic()
        try:
            renewed = await renew(lease)
        except (exc.SQLAlchemyError, OSError, TimeoutError) as error:
            logger.warning("engine.heartbeat_failed", deployment=str(lease.deployment_id), reason=str(error))
            lease.check()
            continue
        if not renewed:
            raise LeaseLost(f"the lease on deployment {lease.deployment_id} was taken")
        lease.started_at(moment)
