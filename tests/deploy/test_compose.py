"""The compose file gives every container the settings that it needs, hardens it, and holds no secret."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.provisioner.cloud.settings import CloudAccount, LoadBalancer
from services.registry import NAMES
from tests.deploy.settings import known, load, missing
from tools.compose_environment import as_env_file, new_environment

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCUMENT: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
CONTAINERS: dict[str, dict[str, Any]] = DOCUMENT["services"]
REFERENCES: dict[str, str] = yaml.safe_load((ROOT / "deploy/images.yaml").read_text())
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([?-])([^}]*))?\}")
OURS = {name: one for name, one in CONTAINERS.items() if one["image"].startswith("stackpro-")}


ACCOUNT = CloudAccount(
    region="us-east-1",
    account_id="123456789012",
    base_domain="localhost",
    vpc_id="vpc-1",
    subnet_ids=("subnet-1",),
    hosted_zone_id="Z1",
    load_balancers=(LoadBalancer(dns_name="lb.example.com", zone_id="Z2", listener_arn="arn:2"),),
    load_balancer_security_group_id="sg-1",
    permission_boundary_arn="arn:3",
    image_id="ami-1",
)  # as the emulated account writes it down when it has started


def settings_name(container: str) -> str:
    """Which settings a container loads: `migrate-auth` those of migrations, `auth-worker` those of auth."""
    return "migrate" if container.startswith("migrate-") else container.removesuffix("-worker")


def filled_in(environment: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The environment as Compose hands it to the container."""

    def value(match: re.Match[str]) -> str:
        name, how, text = match.groups()
        return values[name] if name in values or how != "-" else text

    return {key: VARIABLE.sub(value, str(text)) for key, text in environment.items()}


@pytest.mark.parametrize("name", OURS)
def test_a_container_names_only_settings_that_exist(name: str) -> None:
    given = OURS[name].get("environment", {})

    assert given.keys() - {variable.name for variable in known(settings_name(name))} == set()


@pytest.mark.parametrize("name", OURS)
def test_a_container_is_given_every_setting_that_it_needs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = filled_in(OURS[name].get("environment", {}), new_environment())
    if "cat /var/lib/cloud/account.json" in str(OURS[name].get("entrypoint")):
        environment["STACKPRO_CLOUD__ACCOUNT"] = ACCOUNT.model_dump_json()

    assert missing(settings_name(name), environment) == set()
    assert load(settings_name(name), environment, monkeypatch)


def test_every_service_has_an_api_a_worker_and_a_migration() -> None:
    for service in NAMES:
        assert CONTAINERS[service]["command"][:2] == ["serve", service]
        assert CONTAINERS[f"{service}-worker"]["command"] == ["work", service]
        assert CONTAINERS[f"migrate-{service}"]["command"] == ["migrate", service]
        assert f"migrate-{service}" in CONTAINERS[service]["depends_on"]
    assert set(CONTAINERS["gateway"]["depends_on"]) == {*NAMES, "valkey"}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_is_read_only_and_may_do_nothing_special(name: str) -> None:
    container = CONTAINERS[name]

    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in container


def test_images_are_those_of_the_data_file() -> None:
    foreign = {one["image"] for one in CONTAINERS.values()} - {one["image"] for one in OURS.values()}

    assert foreign == {REFERENCES["postgres"], REFERENCES["valkey"]}
    for container in OURS.values():
        assert container["image"] == f"{REFERENCES['own']}-{container['build']['args']['SERVICE']}"


def test_no_secret_has_a_default() -> None:
    words = ("PASSWORD", "SECRET", "KEY", "TOKEN")
    secrets = [match for match in VARIABLE.finditer(COMPOSE.read_text()) if any(word in match[1] for word in words)]

    assert secrets
    assert [match[0] for match in secrets if match[2] != "?"] == []


def test_every_secret_is_made_by_the_tool() -> None:
    demanded = {match[1] for match in VARIABLE.finditer(COMPOSE.read_text()) if match[2] == "?"}

    assert demanded == new_environment().keys() - {"CLI_PRIVATE_KEY"}


def test_two_installations_share_no_secret() -> None:
    one, other = new_environment(), new_environment()

    assert [name for name in one if one[name] == other[name]] == []


def test_only_this_machine_reaches_the_published_ports() -> None:
    published = [port for one in CONTAINERS.values() for port in one.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_compose_accepts_the_file_where_it_is_installed(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    known_here = docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    if not docker or not known_here or known_here.returncode:
        pytest.skip("not checked: Docker's compose plugin is not on this machine")
    environment = tmp_path / "env"
    environment.write_text(as_env_file(new_environment()))
    command = [docker, "compose", "--env-file", str(environment), "--file", str(COMPOSE), "config", "--quiet"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
