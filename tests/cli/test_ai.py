"""`stackpro ai evaluate` needs nothing that runs, and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from cli.main import app

COLLECTION = Path(__file__).parents[1] / "services/ai/evaluation/collection"


def test_a_collection_is_measured_and_nothing_stays(tmp_path: Path) -> None:
    # As a process of its own, as people run it: it forks the database.
    done = subprocess.run(
        [sys.executable, "-m", "cli", "ai", "evaluate", str(COLLECTION), "--limit", "8"],
        env={**os.environ, "TMPDIR": str(tmp_path), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    heading, columns, *legs = done.stdout.splitlines()
    assert heading == "8 documents, 7 questions"
    assert columns.split() == ["leg", "nDCG@10", "recall@100", "MRR"]
    assert [line.split()[0] for line in legs] == ["lexical", "vector", "fused"]
    assert all(0.5 < float(figure) <= 1 for line in legs for figure in line.split()[1:])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_collection_is_named_in_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ai", "evaluate", str(tmp_path)])
    assert result.exit_code == 1
    assert str(tmp_path) in result.output
    assert len(result.output.splitlines()) <= 2
