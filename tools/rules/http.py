"""Rules for HTTP: what is slow, what loses work in a crash, and what answers before its commit."""

import ast
from collections.abc import Iterator

from tools.rules.source import Finding, Source, called_name, calls, imported_modules, last_name, own_nodes

PRODUCT = ("libs/", "services/", "cli/", "sandbox/")
VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "api_route"})
UNWANTED = {
    "BaseHTTPMiddleware": "write pure ASGI middleware: one of these costs more than half of the throughput",
    "BackgroundTasks": "write an outbox row, or a row that a sweep claims: work in the process is lost in a crash",
    "BackgroundTask": "write an outbox row, or a row that a sweep claims: work in the process is lost in a crash",
}
MANAGERS = frozenset({"asynccontextmanager", "contextmanager"})


def nothing_slow_or_forgetful(sources: list[Source]) -> Iterator[Finding]:
    """No `BaseHTTPMiddleware` and no in-process background tasks."""
    for source in _product(sources):
        for line, module in imported_modules(source.tree):
            if (advice := UNWANTED.get(module.split(".")[-1])) is not None:
                yield source.finding(line, f"{module.split('.')[-1]}: {advice}")


def endpoints_are_async(sources: list[Source]) -> Iterator[Finding]:
    """A `def` endpoint goes through a thread and halves the throughput."""
    for source in _product(sources):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef) and any(_is_route(decorator) for decorator in node.decorator_list):
                yield source.finding(node.lineno, f"endpoint {node.name} must be `async def`")


def _is_route(decorator: ast.expr) -> bool:
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
        return False
    owner = last_name(decorator.func.value)
    return decorator.func.attr in VERBS and (owner.endswith("router") or owner in {"app", "gateway"})


def sessions_end_before_the_answer(sources: list[Source]) -> Iterator[Finding]:
    """A plain `yield` dependency commits after the answer was sent, so that a failed commit would still say 200."""
    product = _product(sources)
    yielding = {name for source in product for name in _yielding_functions(source.tree)}
    for source in product:
        for call in calls(source.tree):
            if called_name(call) != "Depends" or not call.args or last_name(call.args[0]) not in yielding:
                continue
            scope = next((keyword.value for keyword in call.keywords if keyword.arg == "scope"), None)
            if not (isinstance(scope, ast.Constant) and scope.value == "function"):
                yield source.finding(call.lineno, 'give Depends scope="function": its end must come before the answer')


def _yielding_functions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        managed = any(last_name(decorator) in MANAGERS for decorator in node.decorator_list)
        if not managed and any(isinstance(part, ast.Yield) for part in own_nodes(node)):
            yield node.name


def _product(sources: list[Source]) -> list[Source]:
    return [source for source in sources if source.is_python and source.lies_in(*PRODUCT)]
