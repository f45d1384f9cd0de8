"""The emulated machines: a process each while their instance runs, a folder each until it is terminated."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import structlog

from sandbox.hosts.addresses import ADDRESS_FILE
from sandbox.hosts.feed import InstanceState
from sandbox.processes import ProcessIdentity, end_processes, fork_child
from services.provisioner.cloud.user_data import AgentBootstrap

RunMachine: TypeAlias = Callable[[AgentBootstrap, Path], None]
"""Runs a machine's agent with its disk until it is told to stop; called in the forked child."""
STOP_SECONDS = 5.0
LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 60.0
log = structlog.get_logger()


@dataclass(slots=True)
class Machine:
    """A machine that is switched on. `due` (monotonic seconds) is when it starts again after a crash."""

    bootstrap: AgentBootstrap
    process: ProcessIdentity | None = None
    started: float = 0.0
    crashes: int = 0
    due: float = field(default_factory=time.monotonic)


class Machines:
    """All machines of one machine room. `run` is what a machine does."""

    def __init__(self, hosts: Path, run: RunMachine) -> None:
        self._hosts = hosts
        self._run = run
        self._machines: dict[str, Machine] = {}

    def follow(self, instances: Sequence[InstanceState]) -> None:
        """Switches machines on and off as their instances are, and removes the disks of terminated ones."""
        running = {each.id: each.bootstrap for each in instances if each.state == "running" and each.bootstrap}
        self._switch_off([name for name in self._machines if name not in running])
        for name, bootstrap in running.items():
            if name not in self._machines:
                self._machines[name] = Machine(bootstrap)
        for each in instances:
            if each.state == "terminated":
                self._remove_disk(each.id)
        self.start_due()

    def start_due(self) -> None:
        """Starts every machine that is switched on, not running, and whose pause after a crash is over."""
        now = time.monotonic()
        for name, machine in self._machines.items():
            if machine.process is None and machine.due <= now:
                self._start(name, machine)

    def seconds_to_next_start(self) -> float | None:
        """None when no machine waits for its start."""
        waiting = [machine.due for machine in self._machines.values() if machine.process is None]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def collect_ended(self) -> None:
        """Takes note of machines that ended by themselves; they start again after a growing pause."""
        for name, machine in self._machines.items():
            if machine.process is not None and _has_ended(machine.process.pid):
                lasted = time.monotonic() - machine.started
                machine.crashes = 0 if lasted > HEALTHY_AFTER else machine.crashes + 1
                pause = min(LONGEST_PAUSE, 0.25 * 2**machine.crashes)
                machine.process, machine.due = None, time.monotonic() + pause
                self._forget_address(name)
                log.warning("sandbox.host.ended", instance=name, seconds=round(lasted, 1), restart_in=pause)

    def switch_off_all(self) -> None:
        self._switch_off(list(self._machines))

    def _start(self, name: str, machine: Machine) -> None:
        disk = self._hosts / name
        disk.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._forget_address(name)
        bootstrap = machine.bootstrap
        pid = fork_child(lambda: self._run(bootstrap, disk), log=disk / "agent.log")
        machine.process, machine.started = ProcessIdentity.of(pid), time.monotonic()
        if machine.process is None:  # it ended before it could be looked at
            machine.crashes, machine.due = machine.crashes + 1, time.monotonic() + 1.0
            _has_ended(pid)
        log.info("sandbox.host.started", instance=name, pid=pid)

    def _switch_off(self, names: Sequence[str]) -> None:
        doomed = [machine.process for name in names if (machine := self._machines.pop(name)).process is not None]
        processes = [process for process in doomed if process is not None]
        end_processes(dict.fromkeys(processes, signal.SIGTERM), within=STOP_SECONDS)
        for process in processes:
            _has_ended(process.pid)
        for name in names:
            self._forget_address(name)
            log.info("sandbox.host.stopped", instance=name)

    def _remove_disk(self, name: str) -> None:
        disk = self._hosts / name
        if disk.is_dir():
            shutil.rmtree(disk)
            log.info("sandbox.host.disk_removed", instance=name)

    def _forget_address(self, name: str) -> None:
        """An address of an earlier run may belong to another program by now."""
        (self._hosts / name / ADDRESS_FILE).unlink(missing_ok=True)


def _has_ended(pid: int) -> bool:
    """Whether the child ended; its entry in the process table is then gone."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
