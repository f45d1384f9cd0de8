"""Driving `tests.sandbox.program`: start it, follow its events, end it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.processes import ProcessIdentity
from tests.support.eventually import eventually


class RunningSandbox:
    """A sandbox program in its own process group, as `make run` at a terminal is."""

    def __init__(self, home: Path, scenario: str) -> None:
        self.home = home
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.sandbox.program", str(home), scenario],
            cwd=Path(__file__).parents[2],
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def events(self) -> list[str]:
        path = self.home / "events"
        return path.read_text().splitlines() if path.exists() else []

    async def until(self, event: str) -> None:
        """Wait for an event that starts so."""

        def seen() -> bool:
            assert self._process.poll() is None, self._process.communicate()[1]
            return any(line.startswith(event) for line in self.events())

        await eventually(seen)

    async def until_last(self, event: str) -> None:
        """Wait until the last event of the event's child starts so."""
        name = event.split(maxsplit=1)[0]

        def seen() -> bool:
            own = [line for line in self.events() if line.split()[0] == name]
            return bool(own) and own[-1].startswith(event)

        await eventually(seen)

    def signal(self, sig: signal.Signals) -> None:
        """Send to the whole group, as the terminal does."""
        os.killpg(self._process.pid, sig)

    def wait(self) -> tuple[int, str]:
        """Exit status and what it wrote on stderr."""
        errors = self._process.communicate(timeout=20)[1]
        return self._process.returncode, errors

    def child(self, name: str) -> ProcessIdentity | None:
        return ProcessIdentity.of(int((self.home / f"{name}.pid").read_text()))

    @property
    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


@contextmanager
def running(home: Path, scenario: str) -> Iterator[RunningSandbox]:
    """A sandbox that is ended at the latest when the test is."""
    sandbox = RunningSandbox(home, scenario)
    try:
        yield sandbox
    finally:
        sandbox.close()
