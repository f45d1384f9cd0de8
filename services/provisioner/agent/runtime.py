"""What the agent asks of whatever runs the containers. Two forms: Docker Compose, and `simulated` in the sandbox."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from libs.contracts.hosts import AppStatus, StackBundle
from services.provisioner.agent.stack_folder import StackFolder

ENTRANCE = "traefik"


def writers(bundle: StackBundle) -> frozenset[str]:
    """The apps that may write while nobody asks them: by cron, by queues. A freeze stops them.

    Not the databases, which are dumped while they run, nor the entrance, nor an app that only serves files: one that
    needs no other and mounts nothing but for reading.
    """
    return frozenset(
        app.name
        for app in bundle.apps
        if app.dump is None and app.name != ENTRANCE and (app.needs or not all(m.read_only for m in app.mounts))
    )


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Bytes in both directions, counted from 0 by whatever `counter` names; it starts again under another name."""

    counter: str
    transferred_bytes: int


@dataclass(frozen=True, kw_only=True)
class ContainerState:
    """One app as its runtime sees it; no `traffic` where it cannot be told now, or is not counted at this app."""

    status: AppStatus
    detail: str = ""
    uptime_seconds: int = 0
    traffic: Traffic | None = None


class Runtime(Protocol):
    """Every verb may be repeated with the same effect. Failures are RuntimeFailed."""

    keeps_owners: bool

    @property
    def port(self) -> int:
        """Where the host's entrance listens; 0 where each stack publishes its own port."""
        ...

    async def start(self, bundles: tuple[StackBundle, ...]) -> None:
        """The agent came up; these stacks were applied before."""
        ...

    async def close(self) -> None:
        """The agent goes down; containers run on where they can."""
        ...

    async def apply(self, folder: StackFolder, bundle: StackBundle) -> None:
        """Brings the stack to its bundle and mode."""
        ...

    async def remove(self, folder: StackFolder, bundle: StackBundle) -> None:
        """Ends the stack's containers and network."""
        ...

    async def states(self, folder: StackFolder, bundle: StackBundle) -> dict[str, ContainerState]:
        """The state of each app by name; an app left out is not there."""
        ...

    def quiesced(self, folder: StackFolder, bundle: StackBundle) -> AbstractAsyncContextManager[frozenset[str]]:
        """Within it no app writes and databases are dumped; gives the folders that need not be archived."""
        ...

    async def halt(self, folder: StackFolder, bundle: StackBundle) -> None:
        """Stops everything that holds files of the stack, before its volumes are replaced."""
        ...

    async def load_databases(self, folder: StackFolder, bundle: StackBundle) -> None:
        """Starts the databases on fresh files and fills them from the dumps in their volumes."""
        ...
