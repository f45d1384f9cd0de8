"""Where the platform is not there, a command says so in one line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from sandbox.files import write_json
from sandbox.ports import free_port
from tests.support.identities import SERVICE_KEYS

COMMANDS = [
    ("keys", "list"),
    ("keys", "rotate"),
    ("keys", "withdraw", "kid"),
    ("stripe-events", "list"),
    ("stripe-events", "retry"),
    ("billing", "push-catalogue"),
    ("billing", "reconcile"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_home_without_a_sandbox_is_told_in_one_line(command: tuple[str, ...], tmp_path: Path) -> None:
    result = CliRunner().invoke(app, command, env={"STACKPRO_HOME": str(tmp_path)})
    assert result.exit_code == 1
    assert result.output == f"stackpro: no sandbox was started in {tmp_path}; run `make run`, or set STACKPRO_HOME\n"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_sandbox_that_was_stopped_is_told_in_one_line(command: tuple[str, ...], tmp_path: Path) -> None:
    port = free_port()
    write_json(tmp_path / "endpoints.json", {"gateway": f"http://127.0.0.1:{port}"})
    write_json(tmp_path / "ports.json", dict.fromkeys(("auth", "billing"), port))
    write_json(tmp_path / "secrets.json", {"service.cli": SERVICE_KEYS["cli"]})
    result = CliRunner().invoke(app, command, env={"STACKPRO_HOME": str(tmp_path)})
    assert result.exit_code == 1
    assert result.output == (
        f"stackpro: nothing answers at http://127.0.0.1:{port}/; start the sandbox with `make run`\n"
    )
