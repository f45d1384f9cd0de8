"""Rules for tests: they wait for what happens, not for time, and they replace nothing behind the product's back."""

from collections.abc import Iterator

from tools.rules.source import Finding, Source, called_name, calls, imported_modules

SLEEPING_ALLOWED = {
    "tests/support/eventually.py": "the one place that polls",
    "tests/support/servers.py": "polls a server that is starting, before any loop runs",
    "tests/sandbox/program.py": "polls a process that it started, before any loop runs",
}
PATCHING = frozenset({"setattr", "setitem", "delattr", "patch"})


def tests_do_not_sleep(sources: list[Source]) -> Iterator[Finding]:
    """A pause is too long on a fast machine and too short on a slow one."""
    for source in _tests(sources):
        if source.path in SLEEPING_ALLOWED:
            continue
        for call in calls(source.tree):
            if called_name(call) == "sleep":
                yield source.finding(call.lineno, "await eventually(…) for what should happen, or inject a clock")


def tests_patch_nothing(sources: list[Source]) -> Iterator[Finding]:
    """Doubles are real implementations of the interface, handed in."""
    for source in _tests(sources):
        for line, module in imported_modules(source.tree):
            if module.startswith(("unittest.mock", "mock", "pytest_mock")):
                yield source.finding(line, "hand in a real implementation of the interface instead of a mock")
        for call in calls(source.tree):
            owner = getattr(call.func, "value", None)
            if called_name(call) in PATCHING and getattr(owner, "id", "") in {"monkeypatch", "mocker"}:
                yield source.finding(call.lineno, "hand in a real implementation of the interface instead of a patch")


def _tests(sources: list[Source]) -> list[Source]:
    return [source for source in sources if source.is_python and source.lies_in("tests/")]
