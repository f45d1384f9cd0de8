"""A small sandbox run as a program of its own, so that tests can signal and kill it as a person would.

`python -m tests.sandbox.program HOME SCENARIO` appends what happens to HOME/events as lines `name state`.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.children import Child, Probe, Progress
from sandbox.credentials import password
from sandbox.errors import SandboxError, StartFailed
from sandbox.home import Home
from sandbox.postgres import EmbeddedPostgres
from sandbox.processes import fork_child
from sandbox.supervisor import Supervisor
from sandbox.valkey import EmbeddedValkey


class Scenario:
    """Children that write down what they do."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.events = home.path / "events"

    def record(self, line: str) -> None:
        with self.events.open("a") as file:
            file.write(f"{line}\n")

    def child(
        self,
        name: str,
        *,
        after: tuple[str, ...] = (),
        body: Callable[[], None] | None = None,
        ready: Probe | None = None,
        once: bool = False,
        within: float = 20.0,
        stop_within: float = 5.0,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> Child:
        return Child(
            name=name,
            run=lambda: self._live(name, body or signal.pause),
            after=after,
            ready=ready or (None if once else lambda: self.pid_file(name).exists()),
            once=once,
            within=within,
            stop_within=stop_within,
            death_signal=death_signal,
        )

    def pid_file(self, name: str) -> Path:
        return self.home.path / f"{name}.pid"

    def _live(self, name: str, body: Callable[[], None]) -> None:
        self.pid_file(name).write_text(str(os.getpid()))
        body()


def three_in_a_row(s: Scenario) -> list[Child]:
    """Each after the one before; the task ends by itself."""
    return [
        s.child("first"),
        s.child("task", after=("first",), body=lambda: None, once=True),
        s.child("second", after=("task",)),
        s.child("third", after=("second",)),
    ]


def crashing(s: Scenario) -> list[Child]:
    """`flaky` ends with status 7 as soon as the file `crash` exists, and removes it."""
    crash = s.home.path / "crash"

    def flaky() -> None:
        while not crash.exists():
            time.sleep(0.01)
        crash.unlink()
        raise SystemExit(7)

    return [s.child("steady"), s.child("flaky", after=("steady",), body=flaky)]


def failing(s: Scenario) -> list[Child]:
    def fail() -> None:
        raise SystemExit("the disk of this child is full")

    return [s.child("steady"), s.child("doomed", after=("steady",), body=fail, ready=lambda: False)]


def raising(s: Scenario) -> list[Child]:
    def fail() -> None:
        raise ValueError("a defect")

    return [s.child("doomed", body=fail, ready=lambda: False)]


def silent(s: Scenario) -> list[Child]:
    return [s.child("mute", ready=lambda: False, within=0.5)]


def stubborn(s: Scenario) -> list[Child]:
    def ignore() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        s.pid_file("deaf").write_text(str(os.getpid()))
        while True:
            signal.pause()

    return [s.child("stubborn", body=ignore, ready=s.pid_file("deaf").exists, stop_within=1.0)]


def very_stubborn(s: Scenario) -> list[Child]:
    [child] = stubborn(s)
    return [Child(**{**vars(child), "stop_within": 60.0})]


def chained(s: Scenario) -> list[Child]:
    """`parent` forks a child of its own, in another session."""

    def fork() -> None:
        fork_child(lambda: s._live("grandchild", signal.pause))
        signal.pause()

    return [s.child("parent", body=fork, ready=s.pid_file("grandchild").exists)]


def surviving(s: Scenario) -> list[Child]:
    """`survivor` outlives a killed supervisor; it ignores the parent-death signal, not SIGTERM."""

    def survive() -> None:
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        s.pid_file("deaf").write_text(str(os.getpid()))
        signal.pause()

    ready = s.pid_file("deaf").exists
    return [s.child("survivor", body=survive, ready=ready, death_signal=signal.SIGUSR1)]


def databases(s: Scenario) -> list[Child]:
    """The real PostgreSQL and Valkey, with the ports and passwords of the home, and a child that uses them."""
    secrets = s.home.secrets({"postgres": password, "valkey": password})
    ports = s.home.ports(["postgres", "valkey"])
    postgres = EmbeddedPostgres(
        s.home.path / "postgres",
        port=ports["postgres"],
        password=secrets["postgres"],
        run_dir=s.home.run_dir,
    )
    valkey = EmbeddedValkey(s.home.path / "valkey", port=ports["valkey"], password=secrets["valkey"])
    s.home.write_endpoints({"postgres": postgres.dsn(), "valkey": valkey.url()})
    return [postgres.child(), valkey.child(), s.child("user", after=("postgres", "valkey"))]


SCENARIOS: dict[str, Callable[[Scenario], list[Child]]] = {
    each.__name__: each
    for each in (
        databases,
        three_in_a_row,
        crashing,
        failing,
        raising,
        silent,
        stubborn,
        very_stubborn,
        chained,
        surviving,
    )
}


def main(home: Home, name: str) -> None:
    scenario = Scenario(home)

    def show(progress: Progress) -> None:
        scenario.record(f"{progress.name} {progress.state} {progress.detail}".strip())

    supervisor = Supervisor(logs=home.logs, record=home.processes, on_progress=show)
    with home.owned():
        for child in SCENARIOS[name](scenario):
            supervisor.add(child)
        supervisor.run(on_up=lambda: scenario.record("up"))
    scenario.record("over")


if __name__ == "__main__":
    try:
        main(Home(Path(sys.argv[1])), sys.argv[2])
    except StartFailed as failure:
        sys.exit(f"{failure}\n---\n{failure.log_tail}")
    except SandboxError as error:
        sys.exit(str(error))
