"""What the supervisor is told about each process: how to run it, what it waits for, when it is ready."""

import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.errors import SandboxError
from sandbox.processes import run_program

Probe = Callable[[], bool | Awaitable[bool]]
"""True when ready. A refused connection (OSError) means not yet; a SandboxError ends the start with its text."""

State = Literal["waiting", "starting", "ready", "done", "crashed", "stopping", "stopped"]


@dataclass(frozen=True, kw_only=True)
class Child:
    """One process of the sandbox.

    `run` is called in the forked child, with the modules of the parent already imported; the child ends when it
    returns. `after` names the children that must be ready before this one starts. Without a `ready` probe a child
    is ready as soon as it runs. A child that runs `once` is ready when it has ended with status 0 and is not
    started again; any other is restarted when it ends. `within` and `stop_within` are seconds.
    """

    name: str
    run: Callable[[], None]
    after: tuple[str, ...] = ()
    ready: Probe | None = None
    once: bool = False
    within: float = 60.0
    stop_within: float = 5.0
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL


@dataclass(frozen=True)
class Progress:
    """A child changed state: `seconds` since it was last started, `detail` one line for people or empty."""

    name: str
    state: State
    seconds: float
    detail: str = ""


def program(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    prepare: Callable[[], None] = lambda: None,
) -> Callable[[], None]:
    """The `run` of an external program: `prepare` in the forked child, then become `argv`."""

    def run() -> None:
        try:
            prepare()
        except (SandboxError, OSError) as error:
            raise SystemExit(str(error)) from error
        run_program(argv, env)

    return run
