"""Checks the rules of the house that no other tool knows: `python -m tools.house_rules`.

Each finding says where it is and what to do. A rule is a function from all sources to findings; see `tools/rules/`.
"""

import subprocess
import sys
from pathlib import Path

from tools.rules import http, imports, tenancy, testing, texts
from tools.rules.source import Finding, Rule, Source

RULES: tuple[Rule, ...] = (
    tenancy.system_session_stays_where_it_is_allowed,
    tenancy.allowed_places_exist,
    tenancy.tables_are_bound_to_their_tenant,
    imports.vendors_stay_at_home,
    http.nothing_slow_or_forgetful,
    http.endpoints_are_async,
    http.sessions_end_before_the_answer,
    texts.no_package_host_is_named,
    texts.no_machine_path_is_named,
    texts.nothing_is_left_unfinished,
    texts.files_are_short,
    testing.tests_do_not_sleep,
    testing.tests_patch_nothing,
)


def read_sources(root: Path) -> list[Source]:
    """Every text file that git knows or would add, in the order of their paths.

    Raises:
        subprocess.CalledProcessError: `root` is no git checkout.
    """
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True).stdout  # noqa: S603  # fixed arguments
    paths = sorted({path for path in listed.split("\0") if path and (root / path).is_file()})
    return [Source(path, text) for path in paths if (text := _text_of(root / path)) is not None]


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def findings(sources: list[Source]) -> list[Finding]:
    """What every rule has to say, in the order of place."""
    return sorted({finding for rule in RULES for finding in rule(sources)})


def main() -> int:
    """Prints the findings; the exit status is 1 if there are any."""
    sources = read_sources(Path(__file__).resolve().parent.parent)
    found = findings(sources)
    for finding in found:
        print(finding)
    print(f"House rules: {len(RULES)} rules, {len(sources)} files, {len(found)} findings.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
