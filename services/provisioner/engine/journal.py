"""The durable record of a deployment at work, written by the one worker that holds its lease."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import case, func
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Database
from libs.common.events import announce
from libs.contracts.provisioner import DeploymentStatus
from services.provisioner.deployments import repository as deployments
from services.provisioner.deployments.models import Deployment, DeploymentStep
from services.provisioner.deployments.service import changed
from services.provisioner.engine import repository
from services.provisioner.engine.lease import Lease, LeaseLost

Story = tuple[str, Mapping[str, Any]]
NO_LEASE: Final[Mapping[str, Any]] = {"lease_owner": None, "lease_until": None}


class CancelRequested(Exception):
    """The customer cancelled just before something that cannot be taken back was to begin."""


class Journal:
    """What the database says of the deployment and its steps, as of this worker's last write.

    Every method is one transaction and raises `LeaseLost` where the lease is not held any more.
    """

    def __init__(
        self, database: Database, lease: Lease, deployment: Deployment, steps: Sequence[DeploymentStep]
    ) -> None:
        self.database = database
        self.lease = lease
        self.deployment = deployment
        self.steps = list(steps)
        self._wakes_seen = deployment.wakes

    @classmethod
    async def open(cls, database: Database, lease: Lease) -> "Journal":
        """Reads the deployment that was just claimed."""
        async with database.tenant_session(lease.tenant_id) as session:
            deployment = await deployments.find_deployment(session, lease.deployment_id)
            if deployment is None:
                raise LeaseLost(f"deployment {lease.deployment_id} is gone")
            return cls(database, lease, deployment, await deployments.list_steps(session, lease.deployment_id))

    @asynccontextmanager
    async def transaction(
        self, values: Mapping[str, Any] | None = None, *, story: Sequence[Story] = (), unless_canceled: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """A transaction of the tenant that commits only while the lease lives.

        Raises:
            CancelRequested: with `unless_canceled`, and then nothing was written.
        """
        self.lease.check()
        async with self.database.tenant_session(self.lease.tenant_id) as session:
            written = await repository.write_fenced(session, self.lease, values or {}, events=len(story))
            if written is None:
                raise LeaseLost(f"the lease on deployment {self.lease.deployment_id} was taken")
            if unless_canceled and written.cancel_requested_at is not None:
                self.deployment.cancel_requested_at = written.cancel_requested_at
                raise CancelRequested
            if story:
                await deployments.insert_events(
                    session,
                    self.lease.tenant_id,
                    self.lease.deployment_id,
                    first_seq=written.last_seq - len(story) + 1,
                    events=story,
                )
            yield session
        self.deployment = written

    async def write_step(
        self,
        step: DeploymentStep,
        step_values: Mapping[str, Any],
        *,
        values: Mapping[str, Any] | None = None,
        story: Sequence[Story] = (),
        unless_canceled: bool = False,
    ) -> DeploymentStep:
        """Changes a step, and the deployment with it; returns the step as it is now."""
        async with self.transaction(values, story=story, unless_canceled=unless_canceled) as session:
            written = await repository.write_step(session, step.id, step_values)
        self.replace(written)
        return written

    def replace(self, written: DeploymentStep) -> None:
        """Takes a step as a transaction of this journal has just committed it."""
        self.steps = [written if step.id == written.id else step for step in self.steps]

    def current(self, step: DeploymentStep) -> DeploymentStep:
        """The step as last written."""
        return next(known for known in self.steps if known.id == step.id)

    async def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Adds to the story that the customer follows."""
        async with self.transaction(story=[(kind, data)]):
            pass

    def notice_wakes(self) -> None:
        """From here on, a wake cuts the next wait short."""
        self._wakes_seen = self.deployment.wakes

    def waiting_values(self, seconds: float, *, no_later_than: Any = None) -> dict[str, Any]:
        """The deployment's columns for a wait of `seconds`, which holds no lease."""
        at = func.clock_timestamp() + timedelta(seconds=max(0.0, seconds))
        if no_later_than is not None:
            at = func.least(at, no_later_than)
        unseen = Deployment.wakes != self._wakes_seen
        return {"status": "waiting", "next_run_at": case((unseen, func.clock_timestamp()), else_=at), **NO_LEASE}

    async def hand_back(self) -> None:
        """Gives the deployment to whichever worker asks next; what was running is looked at again by it."""
        async with self.transaction(
            {"status": "waiting", "next_run_at": func.clock_timestamp(), **NO_LEASE}
        ) as session:
            await deployments.ring(session)

    @asynccontextmanager
    async def final(
        self,
        status: DeploymentStatus,
        message: str,
        *,
        values: Mapping[str, Any] | None = None,
        story: Sequence[Story] = (),
    ) -> AsyncIterator[AsyncSession]:
        """The transaction that ends the deployment, tells everyone, and lets the stack's next one begin."""
        progress = 100 if status == "succeeded" else self.progress
        ending = {
            "status": status,
            "message": message,
            "finished_at": func.clock_timestamp(),
            "next_run_at": None,
            "version": Deployment.version + 1,
            **NO_LEASE,
        }
        ended = ("deployment", {"status": status, "progress": progress, "message": message})
        async with self.transaction({**ending, **(values or {})}, story=[*story, ended]) as session:
            yield session
            deployment = self.deployment
            await announce(
                session,
                changed(
                    deployment.tenant_id,
                    deployment.id,
                    deployment.stack_id,
                    deployment.kind,
                    status,
                    version=deployment.version + 1,
                ),
            )
            await deployments.ring(session)

    def told(
        self, step: DeploymentStep, status: str, reason: str | None = None, *, code: str | None = None
    ) -> dict[str, Any]:
        """A step's news for the story; `code` is of the error that `reason` tells of."""
        news = {"name": step.name, "phase": step.phase, "status": status, "progress": self.progress}
        more = {"reason": reason, "code": code}
        return news | {name: said for name, said in more.items() if said is not None}

    @property
    def done(self) -> int:
        """How many steps are finished."""
        return sum(step.status == "done" for step in self.steps)

    @property
    def progress(self) -> int:
        """The percentage of finished steps."""
        return 100 * self.done // max(1, len(self.steps))
