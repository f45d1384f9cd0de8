"""Runs the sandbox's processes: forks them in order, restarts what crashes, stops everything in reverse.

It knows no service. Declare children, then run:

    with home.owned():
        supervisor = Supervisor(logs=home.logs, record=home.processes, on_progress=show)
        supervisor.add(postgres.child())
        supervisor.add(Child(name="migrations", run=migrate, after=("postgres",), once=True))
        supervisor.add(Child(name="auth", run=serve_auth, after=("migrations",), ready=http_ready(url)))
        supervisor.run(on_up=announce)

Import everything before `run`: the children share it. There must be no event loop, connection or thread yet.
"""

import gc
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.children import Child, Progress, State
from sandbox.errors import StartFailed
from sandbox.leftovers import ProcessRecord, Running
from sandbox.probes import first_ready
from sandbox.processes import ProcessIdentity, fork_child
from sandbox.signals import STOP_REQUESTS, any_signal_pending, next_signal, signals_held

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 15.0
_CALM_AFTER = 60.0
_STOP_LIMIT = 15.0
_TAIL_LINES = 15


@dataclass
class _Slot:
    """A declared child and what has become of it; `needs` are all that it comes after, times monotonic seconds."""

    child: Child
    log: Path
    needs: frozenset[str]
    state: State = "waiting"
    process: ProcessIdentity | None = None
    started_at: float = 0.0
    act_at: float | None = None
    failures: int = 0

    @property
    def is_up(self) -> bool:
        return self.state in ("ready", "done")


class Supervisor:
    """The parent of all processes of one sandbox.

    `logs` is the folder of `<name>.log`; `record` remembers what runs, for `end_leftovers` of the next start.
    `on_progress` is called in this process at each change of state; it must be quick and start no thread.
    """

    def __init__(
        self, *, logs: Path, record: ProcessRecord, on_progress: Callable[[Progress], None] = lambda _: None
    ) -> None:
        self._logs = logs
        self._record = record
        self._on_progress = on_progress
        self._slots: dict[str, _Slot] = {}
        self._all_were_up = False

    def add(self, child: Child) -> None:
        """Declare a child; those it comes `after` must have been declared before. Raises ValueError otherwise."""
        unknown = [name for name in child.after if name not in self._slots]
        if unknown or child.name in self._slots:
            raise ValueError(f"{child.name} is declared twice, or before what it comes after: {unknown}")
        needs = frozenset(child.after).union(*(self._slots[name].needs for name in child.after))
        self._slots[child.name] = _Slot(child, self._logs / f"{child.name}.log", needs)

    def run(self, *, on_up: Callable[[], None] = lambda: None) -> None:
        """Start everything, call `on_up` once all is ready, and stay until SIGINT, SIGTERM or SIGHUP.

        Returns when every child has ended. Raises StartFailed, after stopping what ran, when a child ends or stays
        silent before everything was up; later crashes are restarted with growing pauses and reported. A second
        SIGINT while stopping kills at once.
        """
        self._logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        for slot in self._slots.values():
            _rotate(slot.log)
        gc.collect()
        with signals_held():
            try:
                self._keep_running(on_up)
            finally:
                self._stop_all()

    def _keep_running(self, on_up: Callable[[], None]) -> None:
        while True:
            self._start_due()
            if not self._all_were_up and all(slot.is_up for slot in self._slots.values()):
                self._all_were_up = True
                on_up()
            if self._wait_for_change() in STOP_REQUESTS:
                return
            for slot, status in self._ended():
                self._handle_end(slot, status)
            self._handle_silence()

    def _start_due(self) -> None:
        now = time.monotonic()
        for slot in self._slots.values():
            restart = slot.state == "crashed" and slot.act_at is not None and slot.act_at <= now
            # A restart waits for nobody: the others know how to wait for each other.
            first = slot.state == "waiting" and all(self._slots[name].is_up for name in slot.child.after)
            if restart or first:
                self._start(slot)

    def _start(self, slot: _Slot) -> None:
        child = slot.child
        pid = fork_child(child.run, log=slot.log, death_signal=child.death_signal)
        slot.process = ProcessIdentity.of(pid) or ProcessIdentity(pid, 0)
        slot.started_at = time.monotonic()
        slot.act_at = slot.started_at + child.within
        self._write_record()
        self._report(slot, "starting")
        if child.ready is None and not child.once:
            self._report(slot, "ready")

    def _wait_for_change(self) -> signal.Signals | None:
        """Sleep until a signal (returned), a child is ready, or the time of the next restart or deadline has come."""
        starting = [slot for slot in self._slots.values() if slot.state == "starting"]
        times = [slot.act_at for slot in self._slots.values() if slot.act_at and not slot.is_up]
        seconds = max(0.0, min(times) - time.monotonic()) if times else None
        probes = {slot.child.name: slot.child.ready for slot in starting if slot.child.ready}
        if not probes:
            return next_signal(seconds)
        for name in first_ready(probes, interrupted=any_signal_pending, at_most=seconds):
            self._report(self._slots[name], "ready")
        return next_signal(0.0)

    def _handle_end(self, slot: _Slot, status: str) -> None:
        if slot.child.once and status == "":
            self._report(slot, "done")
        elif not self._all_were_up:
            raise self._start_failed(slot, status or "ended")
        else:
            self._plan_restart(slot, status or "ended")

    def _plan_restart(self, slot: _Slot, how: str) -> None:
        now = time.monotonic()
        slot.failures = 0 if now - slot.started_at > _CALM_AFTER else slot.failures + 1
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**slot.failures)
        slot.act_at = now + pause
        self._report(slot, "crashed", f"{how}; starts again in {pause:g} s; its log is {slot.log}")

    def _handle_silence(self) -> None:
        now = time.monotonic()
        for slot in self._slots.values():
            if slot.state == "starting" and slot.process and slot.act_at and slot.act_at <= now:
                if not self._all_were_up:
                    raise self._start_failed(slot, f"was not ready within {slot.child.within:g} s")
                slot.act_at = now + slot.child.within
                os.kill(slot.process.pid, signal.SIGKILL)

    def _start_failed(self, slot: _Slot, how: str) -> StartFailed:
        tail = _tail(slot.log)
        reason = f": {tail[-1]}" if tail else ""
        return StartFailed(f"{slot.child.name} {how}{reason} (log: {slot.log})", log_tail="\n".join(tail))

    def _stop_all(self) -> None:
        limit = time.monotonic() + _STOP_LIMIT
        while running := [slot for slot in self._slots.values() if slot.process]:
            needed = {name for slot in running for name in slot.needs}
            for slot in running:
                if slot.state != "stopping" and slot.child.name not in needed:
                    self._send(slot, slot.child.stop_signal)
                    slot.act_at = min(limit, time.monotonic() + slot.child.stop_within)
                    self._report(slot, "stopping")
            self._wait_for_ends(running, limit)
            for slot, _ in self._ended():
                self._report(slot, "stopped")

    def _wait_for_ends(self, running: list[_Slot], limit: float) -> None:
        """Wait for the next end; kill whoever is past its time, and all at the limit or a second Ctrl-C."""
        deadlines = [slot.act_at for slot in running if slot.state == "stopping" and slot.act_at]
        seconds = max(0.05, min([limit, *deadlines]) - time.monotonic())
        impatient = next_signal(seconds) == signal.SIGINT
        now = time.monotonic()
        for slot in running:
            overdue = slot.state == "stopping" and slot.act_at is not None and slot.act_at <= now
            if impatient or overdue or now >= limit:
                self._send(slot, signal.SIGKILL)

    def _ended(self) -> list[tuple[_Slot, str]]:
        """Children that ended since the last call, with how: empty for status 0."""
        ended = []
        for slot in self._slots.values():
            if slot.process and os.waitid(os.P_PID, slot.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                # While it is not reaped its group cannot become anyone else's; nobody of the group stays behind.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(slot.process.pid, signal.SIGKILL)
                _, status = os.waitpid(slot.process.pid, 0)
                slot.process = None
                ended.append((slot, _how_it_ended(os.waitstatus_to_exitcode(status))))
        if ended:
            self._write_record()
        return ended

    def _send(self, slot: _Slot, sig: signal.Signals) -> None:
        if slot.process:
            os.kill(slot.process.pid, sig)

    def _write_record(self) -> None:
        running = {
            slot.child.name: Running(slot.process, slot.child.stop_signal)
            for slot in self._slots.values()
            if slot.process
        }
        try:
            self._record.write(running)
        except OSError as error:
            # The parent-death signal still holds; a disk that fills up must not end what runs.
            self._on_progress(Progress("processes.json", "crashed", 0.0, f"not written: {error.strerror}"))

    def _report(self, slot: _Slot, state: State, detail: str = "") -> None:
        slot.state = state
        seconds = time.monotonic() - slot.started_at
        self._on_progress(Progress(slot.child.name, state, seconds, detail))


def _how_it_ended(exit_code: int) -> str:
    if exit_code < 0:
        return f"was ended by {signal.Signals(-exit_code).name}"
    return f"ended with status {exit_code}" if exit_code else ""


def _rotate(log: Path) -> None:
    """Keep the log of the previous run beside the new one."""
    if log.exists():
        log.replace(log.with_suffix(".log.1"))


def _tail(log: Path) -> list[str]:
    try:
        lines = log.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if line.strip()][-_TAIL_LINES:]
