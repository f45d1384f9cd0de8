"""The bootstrap document: a fault is one line that names its place."""

import json
from pathlib import Path

import pytest

from services.provisioner.agent.config import load
from services.provisioner.agent.errors import ConfigInvalid
from services.provisioner.agent.main import main

GOOD = {"control_plane_url": "http://127.0.0.1:1", "token": "t", "root": "host", "memory_mib": 1024}


def written(path: Path, **changes: object) -> Path:
    path.write_text(json.dumps({**GOOD, **changes}))
    return path


def test_a_real_host_runs_compose_and_reports_every_fifteen_seconds_by_default(tmp_path: Path) -> None:
    config = load(written(tmp_path / "agent.json"))

    assert (config.runtime, config.report_seconds, config.port) == ("compose", 15.0, 0)
    assert "token='t'" not in repr(config)


@pytest.mark.parametrize(
    ("changes", "named"), [({"memory_mib": 0}, "memory_mib"), ({"runtime": "magic"}, "runtime"), ({"x": 1}, "x")]
)
def test_a_faulty_field_is_named(tmp_path: Path, changes: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigInvalid, match=f"agent.json: {named}: "):
        load(written(tmp_path / "agent.json", **changes))


def test_a_missing_document_ends_the_program_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(tmp_path / "absent.json")]) == 2

    (line,) = capsys.readouterr().err.splitlines()
    assert "absent.json" in line
