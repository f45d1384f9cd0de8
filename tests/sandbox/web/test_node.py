"""Where Node.js comes from: the PATH, and a reason in one line when it can be had nowhere."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
# Nothing is installed into a Python that is no virtual environment.
BARE_PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
WITH_NPM = {"npm": "#!/bin/sh\necho npm of the path\n"}


def programs(folder: Path, texts: dict[str, str]) -> str:
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return str(folder)


def run_npm(path: str, *, python: Path = Path(sys.executable)) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(python), "-m", "sandbox.web.node", "npm"],
        cwd=ROOT,
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("version", ["v20.9.0", "v20.10.1", "v24.0.0"])
def test_a_node_of_the_path_that_is_new_enough_is_used(tmp_path: Path, version: str) -> None:
    done = run_npm(programs(tmp_path / "bin", {"node": f"#!/bin/sh\necho {version}\n"} | WITH_NPM))

    assert (done.returncode, done.stdout) == (0, "npm of the path\n")


@pytest.mark.parametrize(
    "texts",
    [
        {},
        WITH_NPM,
        {"node": "#!/bin/sh\necho v22.1.0\n"},
        {"node": "#!/bin/sh\necho v20.8.9\n"} | WITH_NPM,
        {"node": "#!/bin/sh\necho v8.17.0\n"} | WITH_NPM,
        {"node": "#!/bin/sh\necho no version\n"} | WITH_NPM,
        {"node": "#!/bin/sh\nexit 1\n"} | WITH_NPM,
    ],
)
def test_without_a_node_and_without_a_place_for_the_wheel_it_says_so_in_one_line(
    tmp_path: Path, texts: dict[str, str]
) -> None:
    done = run_npm(programs(tmp_path / "bin", texts), python=BARE_PYTHON)

    assert done.returncode == 1
    assert done.stderr == "node: Node.js 20.9 or newer with npm is not on the PATH.\n"
