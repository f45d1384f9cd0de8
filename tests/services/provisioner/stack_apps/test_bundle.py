"""The catalogue of apps and the bundles made from it."""

import os
import re
import subprocess
from pathlib import Path
from uuid import UUID

import pytest

from libs.contracts.hosts import StackBundle, StackRef
from services.provisioner.stack_apps.bundle import build_bundle, hostnames
from services.provisioner.stack_apps.catalogue import generate_secrets, load_catalogue, stack_memory_mib
from services.provisioner.steps.database import MASTER_USER

STACK = StackRef(slug="acme-k3x9", tenant_id=UUID("01900000-0000-7000-8000-000000000001"))
HOST_MEMORY_MIB = {"medium": 4096, "large": 8192, "xlarge": 16384}


RDS = "stackpro-acme-k3x9.abc.us-east-1.rds.amazonaws.com"


def made(
    size: str = "small",
    secrets: dict[str, str] | None = None,
    site_name: str = "A & B <i>",
    mysql_host: str | None = None,
) -> StackBundle:
    return build_bundle(
        STACK,
        generation=1,
        site_name=site_name,
        domain="example.com",
        size=size,
        secrets=generate_secrets() if secrets is None else secrets,
        mysql_host=mysql_host,
    )


def test_the_website_has_the_bare_name_and_each_other_app_a_name_below_it() -> None:
    assert hostnames("acme-k3x9", "example.com") == {
        "crm": "crm.acme-k3x9.example.com",
        "files": "files.acme-k3x9.example.com",
        "booking": "booking.acme-k3x9.example.com",
        "email_marketing": "email.acme-k3x9.example.com",
        "website": "acme-k3x9.example.com",
    }


@pytest.mark.parametrize("size", load_catalogue().sizes)
def test_a_bundle_reserves_what_placement_was_told(size: str) -> None:
    assert made(size).memory_mib == stack_memory_mib(size)


@pytest.mark.parametrize(("size", "memory"), HOST_MEMORY_MIB.items())
def test_a_stack_fits_its_instance_with_room_for_the_system(size: str, memory: int) -> None:
    assert stack_memory_mib(size) <= memory * 0.9


def on_rds(size: str = "xlarge") -> StackBundle:
    return made(size, {**generate_secrets(), "rds_password": "only-the-admins"}, mysql_host=RDS)


@pytest.mark.parametrize("size", load_catalogue().sizes)
def test_a_stack_on_rds_reserves_less_and_as_much_as_placement_was_told(size: str) -> None:
    assert on_rds(size).memory_mib == stack_memory_mib(size, managed=True) < stack_memory_mib(size)


def test_the_apps_of_a_stack_on_rds_ask_the_instance_and_nobody_runs_a_second_mysql() -> None:
    apps = {app.name: app for app in on_rds().apps}
    addressed = {(name, key) for name, app in apps.items() for key, value in app.environment.items() if value == RDS}
    assert {name for name, _ in addressed} == {"mysql", "crm", "files", "email_marketing"}
    # What an app that is installed already, and moves with its files, goes by.
    assert {("crm", "ESPOCRM_CONFIG_DATABASE_HOST"), ("files", "NC_dbhost")} <= addressed
    assert not any(value in {"mysql", "mysql:3306"} for app in apps.values() for value in app.environment.values())
    assert not any(mount.target == "/var/lib/mysql" for mount in apps["mysql"].mounts)
    assert apps["postgresql"] == {app.name: app for app in made("xlarge").apps}["postgresql"].model_copy(
        update={"secrets": apps["postgresql"].secrets}
    )


def test_only_the_client_knows_the_admin_of_the_instance() -> None:
    knowing = [app.name for app in on_rds().apps if "only-the-admins" in app.secrets.values()]
    assert knowing == ["mysql"]
    client = next(app for app in on_rds().apps if app.name == "mysql")
    assert client.environment["DATABASE_ADMIN"] == MASTER_USER


def test_a_dump_of_the_container_can_be_restored_into_the_instance() -> None:
    container, client = (next(app for app in each.apps if app.name == "mysql") for each in (made(), on_rds()))
    assert container.dump is not None
    assert client.dump is not None
    assert client.image == container.image
    assert client.dump.file == container.dump.file
    for dump in (container.dump, client.dump):
        assert "--add-drop-database --databases crm files email_marketing" in dump.dump[2]
    assert all('-h "$DATABASE_HOST"' in command[2] for command in (client.dump.dump, client.dump.restore))


def test_the_client_can_be_asked_only_after_it_made_the_users(tmp_path: Path) -> None:
    """Runs the client's own start with a `mysql` that writes down what it was asked."""
    client = next(app for app in on_rds().apps if app.name == "mysql")
    asked, programs = tmp_path / "asked.sql", tmp_path / "programs"
    programs.mkdir()
    for name, text in {
        "mysql": f'#!/bin/sh\necho "-- $*" >> {asked}\ncat >> {asked}\n',
        "sleep": "#!/bin/sh\n",
    }.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    environment = {**client.environment, **client.secrets, "PATH": f"{programs}:{os.environ['PATH']}"}

    subprocess.run(client.command, env=environment, check=True, timeout=30)

    text = asked.read_text()
    assert f"-- -h {RDS} -u {MASTER_USER}" in text
    users = re.findall(r"CREATE USER IF NOT EXISTS '(\w+)'@'%' IDENTIFIED WITH \w+ BY '(\w+)'", text)
    names = ("crm", "files", "email_marketing")
    assert users == [(name, client.secrets[f"{name.upper()}_PASSWORD"]) for name in names]
    assert client.health.command[2].count(f"-u {names[-1]} ") == 1


def test_every_secret_is_used_and_none_stands_in_plain_environment() -> None:
    secrets = {name: f"value-of-{name}-" for name in load_catalogue().secrets}
    bundle = made(secrets=secrets)
    hidden = " ".join(value for app in bundle.apps for value in app.secrets.values())
    shown = bundle.model_copy(update={"apps": tuple(app.model_copy(update={"secrets": {}}) for app in bundle.apps)})

    assert all(value in hidden for value in secrets.values())
    assert "value-of-" not in shown.model_dump_json()
    assert "value-of-" not in repr(bundle)


def test_generated_secrets_differ_from_stack_to_stack() -> None:
    assert not set(generate_secrets().values()) & set(generate_secrets().values())


def test_a_missing_secret_is_an_error_and_not_an_empty_password() -> None:
    with pytest.raises(KeyError):
        made(secrets={})


def test_an_unknown_size_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="small, medium, large, xlarge"):
        made("huge")


def test_the_sample_pages_carry_the_escaped_name_of_the_business() -> None:
    website = next(app for app in made().apps if app.name == "website")
    pages = {file.path: file.content for file in website.files}

    assert {"public/index.html", "public/about.html", "public/contact.html"} <= pages.keys()
    assert "A &amp; B &lt;i&gt;" in pages["public/index.html"]
    assert "<i>" not in pages["public/index.html"]


def test_every_image_has_a_tag() -> None:
    assert all(
        re.fullmatch(r"[a-z0-9./_-]+:[\w.-]+(@sha256:[0-9a-f]{64})?", i) for i in load_catalogue().images.values()
    )


def test_an_app_starts_after_those_it_needs() -> None:
    seen: set[str] = set()
    for app in made().apps:
        assert set(app.needs) <= seen
        seen.add(app.name)


def test_the_same_input_makes_the_same_bundle() -> None:
    secrets = generate_secrets()

    assert made(secrets=secrets).model_dump_json() == made(secrets=secrets).model_dump_json()
