"""The host agent in a process of its own, for tests that stop it, kill it, and start it again."""

import json
import signal
from pathlib import Path

from libs.contracts.hosts import StackRef
from tests.services.provisioner.agent.plane import ACME, Plane
from tests.support.eventually import eventually
from tests.support.workers import Nursery, Worker


class AgentProcess:
    """A real agent in a process of its own, as a host would run it."""

    def __init__(
        self, nursery: Nursery, plane: Plane, root: Path, *, token: str = "boot-1", memory_mib: int = 4096
    ) -> None:
        self.root = root
        self._nursery = nursery
        self._config = root.parent / f"{root.name}.json"
        self.log = root.parent / f"{root.name}.log"
        self._worker: Worker | None = None
        self._config.write_text(
            json.dumps(
                {
                    "control_plane_url": plane.url,
                    "token": token,
                    "root": str(root),
                    "runtime": "simulated",
                    "report_seconds": 0.2,
                    "memory_mib": memory_mib,
                }
            )
        )

    def start(self, *, failpoints: str = "") -> "AgentProcess":
        arguments = {"arguments": ["--config", str(self._config)]}
        self._worker = self._nursery.start(
            "services.provisioner.agent.main:main", arguments, failpoints=failpoints, log=self.log
        )
        return self

    @property
    def pid(self) -> int:
        assert self._worker is not None
        return self._worker.pid

    def running(self) -> bool:
        return self._worker is not None and self._worker.is_alive()

    async def ended(self) -> int:
        """Its exit status, once."""
        assert self._worker is not None
        worker, self._worker = self._worker, None
        return await worker.ended()

    async def stop(self) -> int:
        if self._worker is not None:
            self._worker.send(signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        if self._worker is not None:
            self._worker.send(signal.SIGKILL)
            await self.ended()

    async def port(self) -> int:
        """Of the entrance of the process that runs now."""

        def read() -> int | None:
            try:
                address = json.loads((self.root / "agent.json").read_text())
            except FileNotFoundError:
                return None
            return int(address["port"]) if address["pid"] == self.pid else None

        port = await eventually(read)
        assert port is not None
        return port

    def volumes(self, stack: StackRef = ACME) -> Path:
        return self.root / "stacks" / stack.slug / "volumes"
