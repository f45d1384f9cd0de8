"""The Compose runtime against a program that takes the same arguments as Docker and records them."""

import json
import sys
from pathlib import Path

import pytest
import yaml

from services.provisioner.agent.compose_runtime import ComposeRuntime, parse_listing, parse_traffic
from services.provisioner.agent.errors import RuntimeFailed
from services.provisioner.agent.runtime import Traffic
from services.provisioner.agent.stack_folder import StackFolder
from tests.services.provisioner.agent.plane import bundle

PROGRAM = Path(__file__).with_name("recording_docker.py")


class Scene:
    """A runtime, a stack folder with its volumes, and the state of the stand-in for Docker."""

    def __init__(self, tmp_path: Path) -> None:
        self.state = tmp_path / "docker"
        self.state.mkdir()
        self.runtime = ComposeRuntime((sys.executable, str(PROGRAM), str(self.state)))
        self.folder = StackFolder(tmp_path / "stack")
        self.folder.prepare_volumes(bundle())

    def calls(self) -> list[list[str]]:
        """The calls of Compose: what follows project and file."""
        calls = [json.loads(line) for line in (self.state / "calls.jsonl").read_text().splitlines()]
        return [call[5:] for call in calls if call[0] == "compose"]

    def verbs(self) -> list[str]:
        """Their first words."""
        return [" ".join(call[:4]) for call in self.calls()]

    def break_calls(self, containing: str) -> None:
        (self.state / "broken").write_text(containing)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


async def test_applying_writes_the_files_and_brings_the_stack_up(scene: Scene) -> None:
    await scene.runtime.apply(scene.folder, bundle())

    assert scene.verbs() == ["up -d --remove-orphans"]
    assert (scene.folder.path / "compose.yaml").exists()
    assert (scene.folder.path / "entrance/dynamic.yaml").exists()
    assert (scene.folder.secrets / "mysql.env").stat().st_mode & 0o077 == 0


async def test_applying_the_stopped_mode_stops_the_containers(scene: Scene) -> None:
    await scene.runtime.apply(scene.folder, bundle(mode="stopped"))

    assert scene.verbs() == ["stop"]


async def test_a_freeze_stops_all_that_may_write_and_serves_what_is_only_read(scene: Scene) -> None:
    await scene.runtime.apply(scene.folder, bundle(mode="read_only"))

    stop, up = scene.calls()
    assert stop == ["stop", "booking", "crm", "email_marketing", "files", "redis"]
    assert up == ["up", "-d", "--no-deps", "traefik", "mysql", "postgresql", "website"]
    routes = yaml.safe_load((scene.folder.path / "entrance/dynamic.yaml").read_text())["http"]["routers"]
    assert {name for name, router in routes.items() if router["service"] == "frozen"} == {
        "booking-frozen", "crm-frozen", "email_marketing-frozen", "files-frozen", "website-frozen",
    }  # fmt: skip
    assert "files" not in routes


async def test_the_backup_of_a_frozen_stack_starts_no_writer_again(scene: Scene) -> None:
    async with scene.runtime.quiesced(scene.folder, bundle(mode="read_only")):
        pass

    started = [word for call in scene.calls() if call[0] == "up" for word in call]
    assert "website" in started
    assert not {"crm", "files", "booking", "email_marketing", "redis"} & set(started)


async def test_the_end_of_a_freeze_starts_everything(scene: Scene) -> None:
    await scene.runtime.apply(scene.folder, bundle(mode="read_only"))
    await scene.runtime.apply(scene.folder, bundle())

    assert scene.calls()[-1] == ["up", "-d", "--remove-orphans"]


async def test_states_come_from_compose_with_uptime_and_traffic(scene: Scene) -> None:
    await scene.runtime.apply(scene.folder, bundle())

    states = await scene.runtime.states(scene.folder, bundle())

    assert states["crm"].status == "healthy"
    assert states["crm"].uptime_seconds > 0
    # What went through the entrance counts, once; what the containers say to each other does not.
    assert states["traefik"].traffic == Traffic(counter="2026-01-02T00:00:00.5Z", transferred_bytes=2_000_000)
    assert [name for name, state in states.items() if state.traffic is not None] == ["traefik"]
    assert states["files"].status == "stopped"


async def test_a_backup_stops_the_writers_dumps_the_databases_and_starts_again(scene: Scene) -> None:
    (scene.state / "mysql").write_text("rows of mysql")

    async with scene.runtime.quiesced(scene.folder, bundle()) as skip:
        assert skip == {"mysql/data", "postgresql/data"}
        assert (scene.folder.volumes / "mysql/dumps/mysql.sql").read_text() == "rows of mysql"
        assert [verb.split()[0] for verb in scene.verbs()] == ["stop", "exec", "exec"]

    assert scene.verbs()[-1] == "up -d --remove-orphans"


async def test_a_failed_dump_fails_the_backup_keeps_the_last_dump_and_starts_the_apps(scene: Scene) -> None:
    dump = scene.folder.volumes / "mysql/dumps/mysql.sql"
    dump.write_text("last good dump")
    scene.break_calls("mysqldump")

    with pytest.raises(RuntimeFailed, match="as ordered"):
        async with scene.runtime.quiesced(scene.folder, bundle()):
            pytest.fail("nothing may be archived")

    assert dump.read_text() == "last good dump"
    assert scene.verbs()[-1] == "up -d --remove-orphans"


async def test_a_restore_fills_fresh_databases_from_the_dumps(scene: Scene) -> None:
    (scene.folder.volumes / "mysql/dumps/mysql.sql").write_text("restored rows")

    await scene.runtime.load_databases(scene.folder, bundle())

    assert (scene.state / "mysql").read_text() == "restored rows"
    assert scene.verbs()[0].startswith("up -d --force-recreate")


async def test_a_missing_docker_is_a_clear_error(scene: Scene) -> None:
    with pytest.raises(RuntimeFailed, match="no-such-docker cannot be started"):
        await ComposeRuntime(("no-such-docker",)).halt(scene.folder, bundle())


def test_both_shapes_of_composes_listing_are_read() -> None:
    assert parse_listing(b'[{"Service":"a"},{"Service":"b"}]') == parse_listing(b'{"Service":"a"}\n{"Service":"b"}\n')


@pytest.mark.parametrize(("text", "total"), [("0B / 0B", 0), ("1.2kB / 3MB", 3_001_200), ("--", 0)])
def test_traffic_is_the_sum_of_both_directions(text: str, total: int) -> None:
    assert parse_traffic(text) == total
