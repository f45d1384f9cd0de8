"""Child processes that never outlive their parent: forking them, telling them apart and ending them."""

import ctypes
import gc
import io
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class ProcessIdentity:
    """A process beyond doubt: `started` is in clock ticks since boot, so a reused pid is another identity."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity | None":
        """Who has this pid now; None when nobody has, or only a process that already ended."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return None
        # The name in parentheses may itself hold spaces and parentheses; fields are counted after it.
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] in "ZX" else cls(pid, int(fields[19]))

    def is_alive(self) -> bool:
        return ProcessIdentity.of(self.pid) == self

    def send(self, sig: signal.Signals) -> None:
        """Signal this process, never another that has its pid by now."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, sig)


def fork_child(
    target: Callable[[], None],
    *,
    log: Path | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> int:
    """Run `target` in a forked child and return its pid.

    The child has its own session, so a Ctrl-C at the terminal reaches the parent alone, and gets `death_signal`
    when the thread that forked it ends for whatever reason: fork from the main thread, before any event loop or
    connection exists. Its output is appended to `log`. An exception of `target` is written there, status 1.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    gc.freeze()
    pid = os.fork()
    if pid == 0:
        _be_child(target, parent=parent, log=log, death_signal=death_signal)
    return pid


def run_program(argv: Sequence[str], env: Mapping[str, str] | None = None) -> NoReturn:
    """Become `argv`; for use as the target of `fork_child`. Exits with 127 when it cannot be run."""
    try:
        os.execvpe(argv[0], tuple(argv), os.environ if env is None else env)  # noqa: S606  no shell is wanted
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
        raise SystemExit(127) from error


def end_processes(requests: Mapping[ProcessIdentity, signal.Signals | None], *, within: float) -> None:
    """Send each the signal that asks it to end, or wait for its own end (None), and return when all are gone.

    What still runs after `within` seconds is killed.
    """
    alive = [each for each in requests if each.is_alive()]
    for each in alive:
        if request := requests[each]:
            each.send(request)
    if not _wait_until_gone(alive, within):
        for each in alive:
            each.send(signal.SIGKILL)
        _wait_until_gone(alive, 10.0)


def processes_working_in(folder: Path) -> Iterator[ProcessIdentity]:
    """Living processes whose working directory is `folder`, as far as this user may see."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if (entry / "cwd").readlink() == folder and (found := ProcessIdentity.of(int(entry.name))):
                    yield found


def _be_child(target: Callable[[], None], *, parent: int, log: Path | None, death_signal: signal.Signals) -> NoReturn:
    status = 1
    try:
        os.setsid()
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it ended before the signal was asked for
            os._exit(1)
        _reset_signals()
        _redirect_output(log)
        target()
        status = 0
    except SystemExit as request:
        status = _exit_status(request.code)
    except KeyboardInterrupt:
        status = 130
    except BaseException:  # noqa: BLE001  the last frame of a process: whatever it was belongs in the log
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _reset_signals() -> None:
    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(each, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _redirect_output(log: Path | None) -> None:
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    if log is not None:
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        os.close(descriptor)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)


def _exit_status(code: str | int | None) -> int:
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
        return 1
    return code or 0


def _wait_until_gone(processes: Sequence[ProcessIdentity], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(each.is_alive() for each in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
