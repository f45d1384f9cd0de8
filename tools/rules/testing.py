"""Rules for tests: they wait for what happens, not for time, and they replace nothing behind the product's back."""

import ast
from collections.abc import Iterator

from tools.rules.source import Finding, Source, called_name, calls, imported_modules, own_nodes

POLLING = "tests/support/"  # where `eventually` and what waits for a starting server poll
PATCHING = frozenset({"setattr", "setitem", "delattr", "patch"})


def tests_do_not_sleep(sources: list[Source]) -> Iterator[Finding]:
    """A pause is too long on a fast machine and too short on a slow one.

    A double may be slow: methods and inner functions are left alone. Where a test or its helper must pace itself, a
    comment on the line says why. `sleep(0)` is no pause.
    """
    for source in _tests(sources):
        if source.lies_in(POLLING):
            continue
        lines = source.text.splitlines()
        for line in _pauses(source.tree):
            if "#" not in lines[line - 1]:
                yield source.finding(line, "await eventually(…) for what should happen, or say in a comment why not")


def _pauses(tree: ast.Module) -> Iterator[int]:
    for function in tree.body:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in own_nodes(function):
                if isinstance(node, ast.Call) and called_name(node) == "sleep" and not _is_zero(node):
                    yield node.lineno


def _is_zero(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


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
