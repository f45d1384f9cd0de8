"""Walks through the web app in headless Chromium, on a platform of its own: `python -m tools.e2e`.

Arguments are Playwright's, such as a file's name.
Installs what is missing, builds the web app, and stops everything that it started, whatever happens.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sandbox.web.build import FRONTEND, CannotBuild, build
from sandbox.web.node import node_environment
from tests.support.platform import Platform

SHELL = "chromium-headless-shell"
"""Chromium without its window: it takes a quarter less of the processors for the same walks."""
_NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome")
_APT_SECONDS, _RUN_SECONDS, _END_SECONDS = 600, 900, 10


def browser() -> str:
    """The path of a Chromium; on Debian, root gets it installed.

    Raises:
        SystemExit: there is none, with one line that says what to install.
    """
    found = _find_browser()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium (once; about half a minute) ...", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ("apt-get", "-qq", "update"),
            ("apt-get", "-qq", "-y", "--no-install-recommends", "install", SHELL, "fonts-dejavu-core"),
        ):
            done = subprocess.run(  # noqa: S603  # fixed arguments
                command, env=environment, capture_output=True, timeout=_APT_SECONDS, check=False
            )
            if done.returncode:
                sys.stderr.write(done.stderr.decode(errors="replace")[-1000:])
                break
        found = _find_browser()
    if found is None:
        sys.exit(f"e2e: no Chromium was found. Install the package `{SHELL}`, or set CHROMIUM to a browser's path.")
    return found


def _find_browser() -> str | None:
    wanted = os.environ.get("CHROMIUM")
    return wanted or next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def platform_with_web(frontend: Path) -> Iterator[Platform]:
    """A platform on free ports with the web app in `frontend`, built from its present sources."""
    build(frontend, os.environ, say=partial(print, flush=True))
    with tempfile.TemporaryDirectory(prefix="stackpro-e2e-", ignore_cleanup_errors=True) as folder:
        platform = Platform(Path(folder) / "home", frontend=frontend)
        try:
            platform.start()
            if "web" not in platform.endpoints():
                raise CannotBuild(platform.printed().strip())
            yield platform
        finally:
            _stop(platform)


def _stop(platform: Platform) -> None:
    try:
        platform.stop()
    except subprocess.TimeoutExpired:
        platform.kill()


def _walk(platform: Platform, arguments: list[str], environment: Mapping[str, str]) -> int:
    ends = platform.endpoints()
    walking = subprocess.Popen(  # noqa: S603  # the person's own arguments
        ["npx", "playwright", "test", *arguments],  # noqa: S607  # from the PATH of the environment below
        cwd=platform.frontend,
        env={
            **environment,
            "WEB_URL": ends["web"],
            "API_URL": platform.url,
            "MAILBOX_URL": ends["mailbox"],
            "CLOUD_URL": ends["cloud"],
        },
    )
    try:
        return walking.wait(timeout=_RUN_SECONDS)
    finally:
        if walking.poll() is None:
            walking.terminate()
            try:
                walking.wait(timeout=_END_SECONDS)
            except subprocess.TimeoutExpired:
                walking.kill()


def main(arguments: list[str]) -> int:
    """Playwright's exit status; 1 with one line where something needed is missing."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped too
    frontend = Path(os.environ.get("STACKPRO_FRONTEND", FRONTEND))
    chromium = browser()
    try:
        with platform_with_web(frontend) as platform:
            return _walk(platform, arguments, {**node_environment(os.environ), "CHROMIUM": chromium})
    except CannotBuild as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
