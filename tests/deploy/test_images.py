"""One file names the images that are not built here, and the Dockerfile builds every service from its own lock."""

import re
from pathlib import Path

import pytest
import yaml

from tools.lock import IMAGES, lock_paths

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
REFERENCES: dict[str, str] = yaml.safe_load((ROOT / "deploy/images.yaml").read_text())


def test_the_base_image_is_the_one_of_the_data_file() -> None:
    assert re.findall(r"^ARG PYTHON_IMAGE=(.*)$", DOCKERFILE, re.MULTILINE) == [REFERENCES["python"]]
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def test_packages_are_installed_from_the_service_s_lock_and_checked_by_hash() -> None:
    assert '--no-deps --require-hashes -r "locks/${SERVICE}.lock"' in DOCKERFILE


def test_the_container_runs_as_nobody_special_and_checks_itself() -> None:
    final = DOCKERFILE.split("\nFROM ")[-1]

    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert "HEALTHCHECK" in final
    assert 'ENTRYPOINT ["python", "-m", "cli"]' in final


def test_every_path_that_is_copied_is_let_through_by_the_ignore_file() -> None:
    allowed = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    copied = set(re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE))

    assert copied == allowed
    assert all((ROOT / path).is_dir() for path in copied)


@pytest.mark.parametrize("name", IMAGES)
def test_every_image_has_a_lock(name: str) -> None:
    assert lock_paths(ROOT)[name].is_file()


def test_every_reference_pins_a_version() -> None:
    assert [name for name, reference in REFERENCES.items() if name != "own" and ":" not in reference] == []
