"""Worker processes that tests may kill, stop and succeed: forked from a parent that has imported everything before."""

import asyncio
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from libs.common.failpoints import configure_failpoints
from sandbox.processes import ProcessIdentity, fork_child

ROOT = Path(__file__).parents[2]
REACHED = "failpoint reached: "


@dataclass(frozen=True)
class Worker:
    """A forked process; all it wrote is in `log`."""

    nursery: "Nursery"
    pid: int
    log: Path
    identity: ProcessIdentity | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "identity", ProcessIdentity.of(self.pid))

    async def ended(self, *, within: float = 60) -> int:
        """Its exit status as soon as it has ended: 0, or minus the signal that ended it.

        Raises:
            AssertionError: it still runs after `within` seconds.
        """
        over = asyncio.Event()
        descriptor = os.pidfd_open(self.pid)
        loop = asyncio.get_running_loop()
        loop.add_reader(descriptor, over.set)
        try:
            async with asyncio.timeout(within):
                await over.wait()
        except TimeoutError as error:
            raise AssertionError(f"the worker still runs after {within:g} s: {self.said()[-3000:]}") from error
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
        return int(self.nursery.ask({"wait": self.pid})["status"])

    def send(self, number: signal.Signals) -> None:
        """Signals it: SIGKILL ends it, SIGSTOP makes a zombie of it, SIGCONT wakes it, SIGTERM asks it to end."""
        os.kill(self.pid, number)

    async def stop(self) -> None:
        """Asks it to end, and waits for that; one that has hardly begun knows no better than to end at once."""
        with suppress(ProcessLookupError):
            self.send(signal.SIGTERM)
        assert await self.ended(within=30) in (0, -signal.SIGTERM, -signal.SIGKILL), self.said()[-3000:]

    def is_alive(self) -> bool:
        identity = ProcessIdentity.of(self.pid)
        return identity is not None and identity == self.identity

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def reached(self) -> str | None:
        """The failpoint that killed it, or that it hangs in."""
        found = [line for line in self.said().splitlines() if line.startswith(REACHED)]
        return found[-1].removeprefix(REACHED) if found else None


class Nursery:
    """The pre-imported parent: forks a worker in milliseconds, from its main thread and before any loop exists."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._started = 0

    def start(
        self,
        target: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        failpoints: str = "",
        log: Path | None = None,
    ) -> Worker:
        """Forks a worker that runs `module:function(**arguments)`; the arguments are JSON values.

        What it says is added to `log`; without one, it has a log of its own.
        """
        self._started += 1
        log = log or self._folder / f"worker-{self._started}.log"
        log.touch()
        request = {"target": target, "arguments": dict(arguments or {}), "failpoints": failpoints, "log": str(log)}
        return Worker(self, int(self.ask(request)["pid"]), log)

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the parent of the workers has ended; its log is nursery.log")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """A parent of workers, whose logs lie in `folder`. Workers that still run at the end are killed with it."""
    with (folder / "nursery.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.workers"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    try:
        yield Nursery(process, folder)
    finally:
        process.communicate(timeout=20)


def main() -> None:
    """Answers requests, one a line, until its input ends; workers die with it."""
    # Workers inherit the descriptor 1; the answers go where they cannot write.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        answer = {"status": _wait(request["wait"])} if "wait" in request else {"pid": _start(request)}
        answers.write(json.dumps(answer).encode() + b"\n")


def _start(request: Mapping[str, Any]) -> int:
    module, _, name = request["target"].partition(":")
    target: Callable[..., None] = getattr(importlib.import_module(module), name)

    def run() -> None:
        configure_failpoints(request["failpoints"])
        target(**request["arguments"])

    return fork_child(run, log=Path(request["log"]))


def _wait(pid: int) -> int:
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
