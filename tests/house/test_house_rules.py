"""The tree keeps the rules of the house."""

import subprocess
from pathlib import Path

import pytest

from tools.house_rules import RULES, read_sources

ROOT = Path(__file__).resolve().parents[2]


def test_what_git_would_not_add_is_not_read() -> None:
    paths = {source.path for source in read_sources(ROOT)}

    assert "tools/house_rules.py" in paths
    assert not any(path.startswith((".venv/", ".stackpro/")) for path in paths)


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        read_sources(tmp_path)


def test_every_rule_says_why_it_exists() -> None:
    assert [rule.__name__ for rule in RULES if not rule.__doc__] == []
