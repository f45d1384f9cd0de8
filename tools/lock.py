"""Compiles the lock files from `pyproject.toml`: `python -m tools.lock`, or with `--upgrade` for newer versions.

`requirements.lock` holds every extra; `locks/<name>.lock` what one image needs, at the same versions;
`locks/web.lock` the Node.js that is installed where the machine has none. No lock names a package host: which one is
asked is the machine's own configuration.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

SERVICES = ("ai", "auth", "billing", "gateway", "messaging", "provisioner")
IMAGES = (*SERVICES, "sandbox")
NODE = "web"
OLDEST_PYTHON = "3.11"
_FLAGS = (
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
    "--python-version",
    OLDEST_PYTHON,
)


def lock_paths(root: Path) -> dict[str, Path]:
    """The lock of every image by its name, that of everything as `all`, and that of Node.js as `web`."""
    return {"all": root / "requirements.lock", **{name: root / "locks" / f"{name}.lock" for name in (*IMAGES, NODE)}}


def compile_arguments(root: Path, name: str, *, upgrade: bool = False) -> list[str]:
    """The arguments of `uv` that compile the lock called `name`; versions stay as they are unless `upgrade`."""
    paths = lock_paths(root)
    output = ["--output-file", str(paths[name].relative_to(root))]
    newer = ["--upgrade"] if upgrade else []
    if name == NODE:
        return ["pip", "compile", "--group", NODE, *_FLAGS, *output, "--no-annotate", *newer]
    arguments = ["pip", "compile", "pyproject.toml", *_FLAGS, *output]
    if name == "all":
        return [*arguments, "--all-extras", *newer]
    # Compiled anew each time, so that the versions are those of requirements.lock and of nothing else.
    return [*arguments, "--extra", name, "--constraint", "requirements.lock", "--no-annotate", "--upgrade"]


def main(arguments: list[str]) -> int:
    """Writes every lock; the first one that cannot be compiled ends the run with uv's own explanation."""
    parser = argparse.ArgumentParser(prog="python -m tools.lock", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take newer versions where pyproject.toml allows them")
    upgrade: bool = parser.parse_args(arguments).upgrade
    root = Path(__file__).resolve().parent.parent
    (root / "locks").mkdir(exist_ok=True)
    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        print("lock: uv is missing from this environment; run `make set-up`.", file=sys.stderr)
        return 1
    for name in lock_paths(root):
        done = subprocess.run([uv, *compile_arguments(root, name, upgrade=upgrade)], cwd=root, check=False)  # noqa: S603  # fixed arguments
        if done.returncode:
            return done.returncode
        print(f"lock: {lock_paths(root)[name].relative_to(root)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
