"""Proves the fault tests: breaks one safeguard at a time in a copy of the tree, and sees the tests named for it fail.

`make mutants` runs all, `python -m tests.faults.mutants fence outbox` those whose names hold one of the words.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.faults.mutations import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
TREES = ("libs", "services", "sandbox", "cli", "tests", "pyproject.toml")
TESTS_FAILED = 1  # pytest's exit status; any other but 0 says that the tests could not be run


def copy_of_the_tree(folder: Path) -> Path:
    """The project's code and tests, without state."""
    for name in TREES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, folder / name)
    return folder


def run_tests(tree: Path, tests: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=900, check=False)


def noticed_by(output: str) -> str:
    """The first test that failed."""
    failed = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" - ")[0].partition("::")[2] if failed else ""


def try_mutant(tree: Path, each: Mutant) -> tuple[str, str]:
    """Verdict and the test that noticed: `killed`, `SURVIVED`, `STALE` (the text is gone) or `BROKEN` (no test ran)."""
    originals = {change.path: (tree / change.path).read_text() for change in each.changes}
    try:
        for change in each.changes:
            text = (tree / change.path).read_text()
            if text.count(change.old) != 1:
                return (
                    "STALE",
                    f"{change.path}: {change.old.strip()[:60]!r} stands there {text.count(change.old)} times",
                )
            (tree / change.path).write_text(text.replace(change.old, change.new))
        ended = run_tests(tree, each.tests)
    finally:
        for path, text in originals.items():
            (tree / path).write_text(text)
    if ended.returncode == TESTS_FAILED:
        return "killed", noticed_by(ended.stdout)
    if ended.returncode == 0:
        return "SURVIVED", ""
    return "BROKEN", ended.stdout[-300:]


def main(words: Sequence[str]) -> int:
    chosen = [each for each in MUTANTS if not words or any(word in each.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="stackpro-mutants-") as folder:
        tree = copy_of_the_tree(Path(folder))
        tests = sorted({test for each in chosen for test in each.tests})
        untouched = run_tests(tree, tests)
        if untouched.returncode != 0:
            print(untouched.stdout[-3000:], "The tests fail without a mutant; mend that first.", sep="\n")
            return 2
        verdicts = []
        for each in chosen:
            started = time.monotonic()
            verdict, why = try_mutant(tree, each)
            verdicts.append(verdict)
            print(f"{verdict:8} {time.monotonic() - started:5.0f} s  {each.name}\n{'':18}{why}", flush=True)
    print(f"{verdicts.count('killed')} of {len(verdicts)} mutants were noticed.")
    return 0 if set(verdicts) <= {"killed"} else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
