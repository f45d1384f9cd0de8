"""The record of what runs, so that the next start can end what a `kill -9` of the sandbox left behind."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.files import read_json, write_json
from sandbox.processes import ProcessIdentity, end_processes


@dataclass(frozen=True)
class Running:
    """A process of the sandbox and the signal that asks it to end."""

    process: ProcessIdentity
    stop_signal: signal.Signals


class ProcessRecord:
    """`processes.json`: what runs by name, with pid and start time, valid until the machine boots again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, running: Mapping[str, Running]) -> None:
        """Replace the record."""
        processes = {
            name: [each.process.pid, each.process.started, int(each.stop_signal)] for name, each in running.items()
        }
        write_json(self._path, {"boot": _boot_id(), "processes": processes}, sync=False)

    def read(self) -> dict[str, Running]:
        """What was recorded since the machine booted and still runs."""
        record = read_json(self._path)
        processes = record.get("processes")
        if record.get("boot") != _boot_id() or not isinstance(processes, dict):
            return {}
        recorded = {
            name: Running(ProcessIdentity(pid, started), signal.Signals(stop_signal))
            for name, (pid, started, stop_signal) in processes.items()
        }
        return {name: each for name, each in recorded.items() if each.process.is_alive()}


def end_leftovers(record: ProcessRecord, *, within: float = 10.0) -> list[str]:
    """End what an earlier sandbox left running and return the names.

    Only a process with the recorded pid and start time is touched. Call it as the owner of the home.
    """
    leftovers = record.read()
    end_processes({each.process: each.stop_signal for each in leftovers.values()}, within=within)
    record.write({})
    return sorted(leftovers)


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
