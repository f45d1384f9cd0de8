"""Programs that ours are compared with, installed under `.bench/` by the bench that needs them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from bench.support.processes import ROOT

FOLDER = ROOT / ".bench"


def python_with(name: str, *requirements: str) -> Path:
    """The interpreter of an environment of its own that has what is required; made once, in some minutes.

    Raises:
        RuntimeError: the packages cannot be had.
    """
    folder = FOLDER / name
    interpreter, complete = folder / "bin" / "python", folder / "complete"
    if not complete.exists() or complete.read_text().split() != list(requirements):
        shutil.rmtree(folder, ignore_errors=True)
        for command in (
            [sys.executable, "-m", "venv", str(folder)],
            [str(interpreter), "-m", "pip", "install", "--quiet", *requirements],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"{name} cannot be installed: {done.stderr[-500:]}")
        complete.write_text("\n".join(requirements))
    return interpreter


def node_package(name: str, version: str) -> Path:
    """The folder whose `node_modules` holds the package; installed once.

    Raises:
        RuntimeError: Node or npm is missing, or the package cannot be had.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise RuntimeError("This bench compares with a Node program: install Node 18 or newer, with npm.")
    folder = FOLDER / f"{name}-{version}"
    if not (folder / "node_modules" / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps({"name": "peer", "private": True}))
        done = subprocess.run(
            [npm, "install", "--no-save", "--no-audit", "--no-fund", f"{name}@{version}"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"npm cannot install {name}: {done.stderr[-500:]}")
    return folder
