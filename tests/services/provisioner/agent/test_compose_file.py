"""The compose file of a stack: reviewed as a snapshot, checked as a structure, and by Docker where it is there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from services.provisioner.agent.compose_file import render_compose, render_env_files, render_routes
from services.provisioner.steps.dns_tls import HEALTH_PATH
from tests.services.provisioner.agent.plane import SECRETS, bundle

GOLDEN = Path(__file__).with_name("golden_compose.yaml")


def test_the_rendered_file_is_the_reviewed_one() -> None:
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        GOLDEN.write_text(render_compose(bundle()))

    assert render_compose(bundle()) == GOLDEN.read_text()


def test_no_secret_stands_in_the_compose_file_or_the_routes() -> None:
    text = render_compose(bundle()) + render_routes(bundle())

    assert not [name for name, value in SECRETS.items() if value in text]


def test_every_container_is_limited_isolated_and_watched() -> None:
    document = yaml.safe_load(render_compose(bundle()))

    assert list(document["networks"]) == ["stack"]
    for name, service in document["services"].items():
        assert service["networks"] == ["stack"], name
        assert service["mem_limit"] == service["memswap_limit"]
        assert service["cpus"] > 0
        assert service["pids_limit"] > 0
        assert service["healthcheck"]["test"][0] == "CMD"
        assert set(service.get("depends_on", {})) <= document["services"].keys()
        assert not service.get("privileged")
    assert [name for name, service in document["services"].items() if "ports" in service] == ["traefik"]


def test_mounts_stay_within_the_stacks_own_folder() -> None:
    document = yaml.safe_load(render_compose(bundle()))
    sources = [mount.split(":")[0] for service in document["services"].values() for mount in service.get("volumes", [])]

    assert sources
    assert all(source.startswith("./") and ".." not in source for source in sources)
    assert not any("docker.sock" in source for source in sources)


def test_a_dollar_sign_reaches_the_container_as_it_stands() -> None:
    document = yaml.safe_load(render_compose(bundle()))

    assert "$$REDIS_PASSWORD" in document["services"]["redis"]["command"][-1]


def test_env_files_quote_every_value() -> None:
    lines = render_env_files(bundle())["crm"].splitlines()

    assert lines == sorted(lines)
    assert all(line.split("=", 1)[1][0] == line[-1] == "'" for line in lines)


def test_routes_send_each_host_to_its_app() -> None:
    routes = yaml.safe_load(render_routes(bundle()))["http"]

    assert routes["routers"]["website"]["rule"] == "Host(`acme-k3x9.localhost`)"
    assert routes["services"]["booking"]["loadBalancer"]["servers"] == [{"url": "http://booking:3000"}]
    assert "frozen" not in routes["services"]


def test_a_load_balancer_is_answered_by_address_and_takes_no_path_from_an_app() -> None:
    document = yaml.safe_load(render_compose(bundle()))
    others = yaml.safe_load(render_routes(bundle(mode="read_only")))["http"]["routers"]
    ping = others.pop("ping")

    assert ping["rule"] == f"Path(`{HEALTH_PATH}`)"
    assert (ping["service"], ping["entryPoints"]) == ("ping@internal", ["web"])
    assert all(ping["priority"] < router["priority"] for router in others.values())
    assert {"--ping.entryPoint=web", "--ping.manualRouting=true"} <= set(document["services"]["traefik"]["command"])


def test_a_frozen_stack_routes_only_reads_and_answers_the_rest_with_nothing_behind() -> None:
    routes = yaml.safe_load(render_routes(bundle(mode="read_only")))["http"]

    assert "Method(`POST`)" not in str(routes)
    assert "Method(`GET`)" in routes["routers"]["website"]["rule"]
    assert routes["routers"]["website"]["priority"] > routes["routers"]["website-frozen"]["priority"]
    assert routes["services"][routes["routers"]["files-frozen"]["service"]]["loadBalancer"]["servers"] == []


def test_docker_compose_accepts_the_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if (
        docker is None
        or subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode != 0
    ):
        pytest.skip("not checked: docker compose is not on this machine")
    (tmp_path / "secrets").mkdir()
    for name, content in render_env_files(bundle()).items():
        (tmp_path / "secrets" / f"{name}.env").write_text(content)
    (tmp_path / "compose.yaml").write_text(render_compose(bundle()))

    checked = subprocess.run(
        [docker, "compose", "--file", str(tmp_path / "compose.yaml"), "config", "--quiet"],
        check=False,
        capture_output=True,
    )

    assert checked.returncode == 0, checked.stderr.decode()
