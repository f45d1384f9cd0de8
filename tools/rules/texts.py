"""Rules for every text file: no package host, no path of one machine, no note of unfinished work, no long file."""

import re
from collections.abc import Iterator

from tools.rules.source import Finding, Source

MAX_LINES = 400
# Each is put together here, so that this file keeps its own rules.
_HOSTS = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "yarn" + "pkg.com", "proxy.go" + "lang.org")
PACKAGE_HOST = re.compile("|".join(re.escape(host) for host in _HOSTS), re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:" + "|".join(("ro" + "ot", "wo" + "rk", "Us" + "ers")) + r"|home/\w+)/")
UNFINISHED = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error")) + r")\b")


def no_package_host_is_named(sources: list[Source]) -> Iterator[Finding]:
    """Where packages come from is the machine's configuration."""
    yield from _lines_with(PACKAGE_HOST, sources, "name no package host: which one is asked is the machine's matter")


def no_machine_path_is_named(sources: list[Source]) -> Iterator[Finding]:
    """What is true on one machine only has no place in the tree."""
    yield from _lines_with(MACHINE_PATH, sources, "name no path of one machine: use a setting or a relative path")


def nothing_is_left_unfinished(sources: list[Source]) -> Iterator[Finding]:
    """Finish it, or leave it out."""
    yield from _lines_with(UNFINISHED, sources, "finish this, or leave it out")


def files_are_short(sources: list[Source]) -> Iterator[Finding]:
    """A file that grows past the limit holds two things."""
    for source in sources:
        lines = source.text.count("\n")
        if source.is_python and lines > MAX_LINES:
            yield source.finding(MAX_LINES, f"{lines} lines: split by use case at {MAX_LINES}")


def _lines_with(pattern: re.Pattern[str], sources: list[Source], advice: str) -> Iterator[Finding]:
    for source in sources:
        if source.path.endswith(".lock"):
            continue  # tests/tools/test_lock.py reads the locks, hashes and all
        for number, line in enumerate(source.text.splitlines(), start=1):
            if (match := pattern.search(line)) is not None:
                yield source.finding(number, f"{match.group()!r}: {advice}")
