"""Rules that keep tenants apart: who may open a session that sees all of them, and what every table must have."""

import ast
from collections.abc import Iterable, Iterator

from tools.rules.source import Finding, Source, called_name, calls, functions_with_place, last_name

SESSION_FILES = ("lookups.py", "sweeps.py")
SESSION_PLACES = {
    "libs/adapters/mail/outgoing.py": "the sweep of mails sends those of every tenant",
    "libs/common/application.py": "readiness reads the schema's revision",
    "libs/common/database.py": "defines it",
    "libs/common/operations.py": "operators' view of pending work, over all tenants",
    "libs/common/relay.py": "the relay publishes every tenant's outbox",
    "services/auth/signing_keys/operations.py": "the keys are the platform's own table",
    "services/provisioner/engine/claim.py": "a worker claims work before it knows whose it is",
}
SESSION_FUNCTIONS = {
    "services/auth/signing_keys/service.py::SigningKeys._published": "the keys are the platform's own table",
}


def system_session_stays_where_it_is_allowed(sources: list[Source]) -> Iterator[Finding]:
    """`system_session` sees every tenant's rows, so that each place that opens one is known by name."""
    for source in sources:
        if not source.lies_in("libs/", "services/", "cli/", "sandbox/") or not source.is_python:
            continue
        if source.name in SESSION_FILES or source.path in SESSION_PLACES:
            continue
        for place, line in _openings(source):
            if f"{source.path}::{place}" not in SESSION_FUNCTIONS:
                yield source.finding(
                    line,
                    "system_session() sees every tenant. Use tenant_session(), or give the session to functions of "
                    "lookups.py alone; handlers open tenant_session(event.tenant_id)",
                )


def allowed_places_exist(sources: list[Source]) -> Iterator[Finding]:
    """An entry of the lists above that names nothing any more is removed, so that the lists stay true."""
    opened = {source.path: {place for place, _ in _openings(source)} for source in sources if source.is_python}
    defining = "libs/common/database.py"
    for path in SESSION_PLACES:
        if not opened.get(path) and path != defining:
            yield Finding(path, 1, "opens no system_session: take it out of SESSION_PLACES in tools/rules/tenancy.py")
    for entry in SESSION_FUNCTIONS:
        path, place = entry.split("::")
        if place not in opened.get(path, set()):
            yield Finding(path, 1, f"{place} opens no system_session: take it out of SESSION_FUNCTIONS")


def _openings(source: Source) -> Iterator[tuple[str, int]]:
    """Place and line of every opening, but for those whose session is given to functions of `lookups` alone."""
    inner: dict[int, tuple[str, int]] = {}
    asking = {id(item.context_expr) for node in ast.walk(source.tree) for item in _asking_items(node)}
    for place, function in functions_with_place(source.tree):
        for call in calls(function):
            if called_name(call) == "system_session":
                inner[id(call)] = (place, call.lineno)  # an inner function comes later and wins
    for call in calls(source.tree):
        if called_name(call) == "system_session" and id(call) not in asking:
            yield inner.get(id(call), ("", call.lineno))


def _asking_items(node: ast.AST) -> Iterator[ast.withitem]:
    """The items of an `async with` whose session goes into calls of `lookups.…` and nowhere else."""
    if not isinstance(node, ast.AsyncWith):
        return
    parts = [part for statement in node.body for part in ast.walk(statement)]
    given = {
        id(argument)
        for call in parts
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and last_name(call.func.value) == "lookups"
        for argument in call.args
    }
    for item in node.items:
        if isinstance(item.optional_vars, ast.Name):
            name = item.optional_vars.id
            uses = [part for part in parts if isinstance(part, ast.Name) and part.id == name]
            if uses and all(id(use) in given for use in uses):
                yield item


def tables_are_bound_to_their_tenant(sources: list[Source]) -> Iterator[Finding]:
    """Every table is secured in the migration that makes it; a tenant's table has `tenant_id` in its primary key."""
    for source in sources:
        if "/migrations/" not in source.path or not source.is_python:
            continue
        tenant_tables = set(_tables_given_to(source.tree, "enable_tenant_security"))
        platform_tables = set(_tables_given_to(source.tree, "grant_platform_only"))
        for call in calls(source.tree):
            if called_name(call) != "create_table":
                continue
            table = _text(call.args[0]) if call.args else None
            if table is None:
                yield source.finding(call.lineno, "name the table by a literal, so that this check can read it")
            elif table not in tenant_tables | platform_tables:
                yield source.finding(
                    call.lineno, f"secure table {table!r} with enable_tenant_security() or grant_platform_only()"
                )
            elif table in tenant_tables and not _has_tenant_key(source.tree, call):
                yield source.finding(call.lineno, f"table {table!r} needs tenant_id in its primary key")


def _tables_given_to(tree: ast.Module, function: str) -> Iterator[str]:
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in calls(tree):
        if called_name(call) == function and call.args and (name := _text(call.args[0])):
            yield name
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For)):
        if any(called_name(call) == function for call in calls(loop)):
            listed = constants.get(loop.iter.id) if isinstance(loop.iter, ast.Name) else loop.iter
            yield from _texts(listed)


def _has_tenant_key(tree: ast.Module, create_table: ast.Call) -> bool:
    """Looks into the call, and into helper functions of the same file that it takes columns from."""
    helpers = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    parts: list[ast.AST] = [create_table]
    parts += [helpers[name] for call in calls(create_table) if (name := called_name(call)) in helpers]
    return any(_is_tenant_key(call) for part in parts for call in calls(part))


def _is_tenant_key(call: ast.Call) -> bool:
    if called_name(call) == "PrimaryKeyConstraint":
        return bool(call.args) and _text(call.args[0]) == "tenant_id"
    primary = any(
        keyword.arg == "primary_key" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in call.keywords
    )
    return called_name(call) == "Column" and primary and bool(call.args) and _text(call.args[0]) == "tenant_id"


def _texts(node: ast.expr | None) -> Iterable[str]:
    elements = node.elts if isinstance(node, ast.Tuple | ast.List) else []
    return (text for element in elements if (text := _text(element)))


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
