"""What a house rule reads and what it says: a source file, and a finding with its place."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One breach: where it stands and what to do about it."""

    path: str
    line: int
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.advice}"


@dataclass(frozen=True)
class Source:
    """A file of the tree; `path` is relative to its root, with slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; of a file that is not Python, an empty one."""
        return ast.parse(self.text if self.is_python else "", filename=self.path)

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name

    def lies_in(self, *places: str) -> bool:
        """Whether the file is one of `places`, or lies in one of them that ends with a slash."""
        return any(self.path == place or (place.endswith("/") and self.path.startswith(place)) for place in places)

    def finding(self, line: int, advice: str) -> Finding:
        return Finding(self.path, line, advice)


Rule = Callable[[list[Source]], Iterator[Finding]]


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call in `tree`."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def called_name(call: ast.Call) -> str:
    """The last name of what is called: `create_table` for `op.create_table(…)`; empty if it has none."""
    return last_name(call.func)


def last_name(node: ast.expr) -> str:
    """`name` of `name` and of `any.thing.name`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def imported_modules(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of every module that is imported; `from a import b` gives `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def functions_with_place(tree: ast.AST) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function with its dotted place in the file: `Class.method`, `outer.inner`."""

    def descend(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{child.name}", child
                yield from descend(child, f"{prefix}{child.name}.")
            elif isinstance(child, ast.ClassDef):
                yield from descend(child, f"{prefix}{child.name}.")
            else:
                yield from descend(child, prefix)

    return descend(tree, "")


def own_nodes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """What stands in the function itself, without the insides of functions and classes within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))
