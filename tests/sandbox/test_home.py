"""The home keeps its state private, stable and owned by one."""

import json
import os
from pathlib import Path

import pytest

from sandbox.credentials import master_key, password, webhook_secret
from sandbox.errors import DiskFull, SandboxError
from sandbox.home import Home


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_home_is_closed_to_others(tmp_path: Path) -> None:
    home = Home(tmp_path / "state")
    with home.owned():
        home.secrets({"database": password})

        assert mode(home.path) == 0o700
        assert mode(home.path / "secrets.json") == 0o600
        assert (home.path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_home_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    expected = "cannot be made: Not a directory; set STACKPRO_HOME"
    with pytest.raises(SandboxError, match=expected), Home(tmp_path / "file" / "state").owned():
        pass


def test_too_little_space_is_one_clear_line_that_says_how_much(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match=r"Only \d+ MiB are free at .*, 1000000000 are needed: make room"):
        Home(tmp_path).check_space(needed_mib=1_000_000_000)


def test_secrets_are_made_once_and_new_names_are_added(tmp_path: Path) -> None:
    first = Home(tmp_path).secrets({"database": password, "master": master_key})
    second = Home(tmp_path).secrets({"database": password, "webhook": webhook_secret})

    assert second["database"] == first["database"]
    assert second["webhook"].startswith("whsec_")
    assert set(json.loads((tmp_path / "secrets.json").read_text())) == {"database", "master", "webhook"}
    assert Home(tmp_path).secrets({"master": master_key}) == {"master": first["master"]}


def test_endpoints_are_published_whole(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.endpoints() == {}

    home.write_endpoints({"gateway": "http://127.0.0.1:8000"})

    assert home.endpoints() == {"gateway": "http://127.0.0.1:8000"}
    assert [path.name for path in tmp_path.iterdir()] == ["endpoints.json"]
