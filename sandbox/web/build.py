"""Builds the web app once per change of its sources: `python -m sandbox.web.build`; `… packages` only installs them.

State lies in the web app's own ignored folders: `node_modules` says which packages and which sources it is of, `.next`
and `out` are the build's.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sandbox.web.node import NoNode, node_environment

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
_STEP_SECONDS, _END_SECONDS = 900, 10
_TAIL_LINES = 15
# They change nothing of what is served.
_NOT_SOURCES = ("e2e/", "tests/")


class CannotBuild(Exception):
    """Why there is no web app; the text is for the person at the terminal, and its last line says it all."""


def is_built(frontend: Path) -> bool:
    """Whether `out` holds the app of the present sources."""
    return (frontend / "out" / "index.html").exists() and _read(_built_of(frontend)) == _digest_of_sources(frontend)


def build(frontend: Path, environment: Mapping[str, str], *, say: Callable[[str], None]) -> None:
    """Brings `out` up to date; says so beforehand when that takes a while, and nothing where it is up to date.

    One build at a time: a second one waits, and finds it done. A killed one starts anew.

    Raises:
        CannotBuild: no Node.js, a folder that may not be written, or a failed build with the tail of its output.
    """
    if is_built(frontend):
        return
    if not os.access(frontend, os.W_OK):
        raise CannotBuild(f"The web app cannot be built: this user may not write to {frontend}.")
    with _alone(frontend, say) as lock:
        if is_built(frontend):
            return
        started = time.monotonic()
        say("Building the web app (once per change; about a minute) ...")
        _build(frontend, environment, lock)
        say(f"The web app is built, in {time.monotonic() - started:.0f} s.")


def install(frontend: Path, environment: Mapping[str, str], *, say: Callable[[str], None]) -> None:
    """Installs the locked packages, for checks and tests that need no build. Raises CannotBuild as `build` does."""
    with _alone(frontend, say) as lock:
        _install(frontend, _with_node(environment), lock)


def _with_node(environment: Mapping[str, str]) -> Mapping[str, str]:
    try:
        return node_environment(environment) | {"NEXT_TELEMETRY_DISABLED": "1"}
    except NoNode as error:
        raise CannotBuild(f"The web app cannot be built: {error}") from error


def _install(frontend: Path, environment: Mapping[str, str], lock: int) -> None:
    locked, installed_of = _digest([frontend / "package-lock.json"], frontend), _installed_of(frontend)
    if _read(installed_of) == locked:
        return
    installed_of.unlink(missing_ok=True)
    _run(("npm", "ci", "--include=dev", "--no-audit", "--no-fund"), frontend, environment, lock)
    installed_of.parent.mkdir(exist_ok=True)
    installed_of.write_text(locked)


def _build(frontend: Path, environment: Mapping[str, str], lock: int) -> None:
    environment = _with_node(environment)
    sources, built_of = _digest_of_sources(frontend), _built_of(frontend)
    _install(frontend, environment, lock)
    built_of.unlink(missing_ok=True)
    _run(("npm", "run", "build"), frontend, environment, lock)
    # Of the sources as they were before: what changed during the build is built next time.
    built_of.write_text(sources)


def _run(command: tuple[str, ...], frontend: Path, environment: Mapping[str, str], lock: int) -> None:
    # The lock is handed on, so that it is held for as long as the program runs, whatever becomes of this process.
    started = subprocess.Popen(  # noqa: S603  # fixed arguments
        command,
        cwd=frontend,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(lock,),
    )
    try:
        output, _ = started.communicate(timeout=_STEP_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise CannotBuild(f"The web app cannot be built: `{' '.join(command)}` took over {_STEP_SECONDS} s.") from error
    finally:
        _end(started)
    if started.returncode:
        tail = output.decode(errors="replace").strip().splitlines()[-_TAIL_LINES:]
        raise CannotBuild("\n".join([*tail, f"The web app cannot be built: `{' '.join(command)}` failed, see above."]))


def _end(started: "subprocess.Popen[bytes]") -> None:
    """Ends a program that still runs; npm hands the request on to what it started."""
    if started.poll() is not None:
        return
    started.terminate()
    try:
        started.wait(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()


@contextmanager
def _alone(frontend: Path, say: Callable[[str], None]) -> Iterator[int]:
    """The lock of the folder itself: a file of its own could be removed together with the state it guards."""
    descriptor = os.open(frontend, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("The web app is being built by another start; waiting for it ...")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _digest_of_sources(frontend: Path) -> str:
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=frontend, capture_output=True, check=True).stdout.decode()  # noqa: S603  # fixed arguments
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotBuild(f"The web app cannot be built: git does not list what is in {frontend}.") from error
    names = sorted({name for name in listed.split("\0") if name and not name.startswith(_NOT_SOURCES)})
    return _digest([frontend / name for name in names], frontend)


def _digest(files: list[Path], frontend: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes() if file.is_file() else b""
        digest.update(f"{file.relative_to(frontend)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _installed_of(frontend: Path) -> Path:
    return frontend / "node_modules" / ".stackpro-packages"


def _built_of(frontend: Path) -> Path:
    return frontend / "node_modules" / ".stackpro-build"


def _read(stamp: Path) -> str:
    try:
        return stamp.read_text()
    except OSError:
        return ""


def main() -> int:
    """0 when the app is up to date, 1 with the reason when it cannot be, 130 after Ctrl-C. `packages`: only those."""
    act = install if sys.argv[1:] == ["packages"] else build
    try:
        act(Path(os.environ.get("STACKPRO_FRONTEND", FRONTEND)), os.environ, say=partial(print, flush=True))
    except CannotBuild as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
