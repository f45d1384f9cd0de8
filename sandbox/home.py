"""STACKPRO_HOME: the folder with all state of one sandbox, which has one owner at a time."""

import fcntl
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from sandbox.errors import DiskFull, HomeInUse, SandboxError
from sandbox.files import read_json, write_json
from sandbox.leftovers import ProcessRecord, end_leftovers
from sandbox.ports import keep_ports

_MIB = 1024 * 1024
_SPACE_NEEDED_MIB = 300


class Home:
    """The folder's parts. Reading needs nothing; whoever changes something holds `owned()`."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self.run_dir = self.path / "run"
        self.processes = ProcessRecord(self.path / "processes.json")

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Make the folder (0700), be its only owner within, and end what a killed owner left running.

        Raises HomeInUse with the pid of the owner there is, DiskFull when less than 300 MiB are free. The lock goes
        with this process, not with its children, however it ends. Call it once per process.
        """
        self._create()
        # A POSIX lock, because forked children do not inherit it: a straggler must not keep the home locked.
        with (self.path / "lock").open("r+") as lock:
            _lock(lock, self.path)
            self.check_space()
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            # Before anything asks for a port, because leftovers may still hold theirs.
            end_leftovers(self.processes)
            yield

    def check_space(self, *, needed_mib: int = _SPACE_NEEDED_MIB) -> None:
        """Raises DiskFull when fewer than `needed_mib` MiB are free where the home is."""
        free_mib = shutil.disk_usage(self.path).free // _MIB
        if free_mib < needed_mib:
            raise DiskFull(
                f"Only {free_mib} MiB are free at {self.path}, {needed_mib} are needed: make room, or set"
                " STACKPRO_HOME to a folder on another disk."
            )

    def secrets(self, makers: Mapping[str, Callable[[], str]]) -> dict[str, str]:
        """A secret for each name, made by its maker (see `credentials`) the first time and the same ever after."""
        path = self.path / "secrets.json"
        kept = {name: value for name, value in read_json(path).items() if isinstance(value, str)}
        made = {name: make() for name, make in makers.items() if name not in kept}
        if made:
            write_json(path, {**kept, **made})
        return {name: {**kept, **made}[name] for name in makers}

    def ports(self, names: Iterable[str], *, fixed: Collection[int] = ()) -> dict[str, int]:
        """A free port for each name, the one of the last start where possible; none of `fixed`."""
        return keep_ports(self.path / "ports.json", names, fixed=fixed)

    def write_endpoints(self, endpoints: Mapping[str, str]) -> None:
        """Publish where things are (URLs by name) in `endpoints.json`, in one step."""
        write_json(self.path / "endpoints.json", endpoints)

    def endpoints(self) -> dict[str, str]:
        """What was published last; empty when nothing was."""
        return {name: str(url) for name, url in read_json(self.path / "endpoints.json").items()}

    def _create(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.run_dir.mkdir(exist_ok=True, mode=0o700)
            (self.path / "lock").touch(mode=0o600)
        except OSError as error:
            raise SandboxError(f"{self.path} cannot be made: {error.strerror}; set STACKPRO_HOME.") from error


def _lock(file: TextIO, home: Path) -> None:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as error:
        file.seek(0)
        owner = file.read().strip() or "unknown"
        raise HomeInUse(
            f"The sandbox in {home} runs already, as process {owner}: stop that one, or set STACKPRO_HOME (and"
            " STACKPRO_PORT and STACKPRO_WEB_PORT) for a second."
        ) from error
