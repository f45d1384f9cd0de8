"""One running platform, and a tiny web app in place of the real one."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.web.build import build
from tests.sandbox.web.test_app import exported
from tests.support.platform import Owner, Platform

NPM = '#!/bin/sh\nmkdir -p node_modules out\n[ "$1" = ci ] || cp -r page/. out/\n'


@pytest.fixture(scope="session")
def frontend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frontend whose npm copies pages that are there already, built."""
    folder = exported(tmp_path_factory.mktemp("web"))
    (folder / "out").rename(folder / "page")
    programs = folder / "programs"
    programs.mkdir()
    for name, text in {"node": "#!/bin/sh\necho v22.0.0\n", "npm": NPM}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (folder / ".gitignore").write_text("node_modules/\nout/\n")
    (folder / "package-lock.json").write_text("{}")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    said: list[str] = []
    build(folder, os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"}, say=said.append)
    return folder


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, frontend: Path) -> Iterator[Platform]:
    running = Platform(tmp_path_factory.mktemp("platform") / "home", frontend=frontend)
    running.start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def owner(platform: Platform) -> Owner:
    return Owner.sign_up(platform)
