"""Finds what breaks a caller between two OpenAPI documents, or a reader between two event schemas.

Within v1 only additions are allowed. What a caller sends may become wider, never narrower; what a caller receives may
gain fields, never lose one, and never hold what it could not hold before.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

Schema = Mapping[str, Any]
Document = Mapping[str, Any]
Direction = Literal["request", "response"]
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
_INFINITE = float("inf")

_TIGHTER: Mapping[str, tuple[float, Callable[[float, float], bool]]] = {
    "minLength": (0, lambda old, new: new > old),
    "minItems": (0, lambda old, new: new > old),
    "minimum": (-_INFINITE, lambda old, new: new > old),
    "exclusiveMinimum": (-_INFINITE, lambda old, new: new > old),
    "maxLength": (_INFINITE, lambda old, new: new < old),
    "maxItems": (_INFINITE, lambda old, new: new < old),
    "maximum": (_INFINITE, lambda old, new: new < old),
    "exclusiveMaximum": (_INFINITE, lambda old, new: new < old),
}
"""Bounds of what may be sent: the value that stands for none, and when a new one refuses what the old one took."""


def breaking_changes(old: Document, new: Document) -> list[str]:
    """What of OpenAPI document `new` breaks a caller that was written for `old`, a line for each."""
    return list(_Comparison(old, new).documents())


def breaking_event_changes(old: Schema, new: Schema) -> list[str]:
    """What of JSON Schema `new` breaks a reader of events that was written for `old`."""
    return list(_Comparison(old, new).schemas(old, new, "response", "event"))


class _Comparison:
    """Two documents whose references are followed; a pair that was compared once is not compared again."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old = old
        self._new = new
        self._compared: set[tuple[int, int, Direction]] = set()

    def documents(self) -> Iterator[str]:
        for path, item in self._old.get("paths", {}).items():
            for method in METHODS:
                if method not in item:
                    continue
                line = f"{method.upper()} {path}"
                operation = self._new.get("paths", {}).get(path, {}).get(method)
                if operation is None:
                    yield f"{line}: removed"
                else:
                    yield from self._operations(item[method], operation, line)

    def _operations(self, old: Document, new: Document, line: str) -> Iterator[str]:
        if old.get("operationId") != new.get("operationId"):
            yield f"{line}: operationId changed from {old.get('operationId')} to {new.get('operationId')}"
        if new.get("security") and not old.get("security") and {} not in new["security"]:
            yield f"{line}: now asks for credentials"
        yield from self._parameters(old, new, line)
        yield from self._bodies(old, new, line)
        for status, response in old.get("responses", {}).items():
            answered = new.get("responses", {}).get(status)
            if answered is None:
                yield f"{line}: answer {status} removed"
            else:
                yield from self._contents(response, answered, "response", f"{line} answer {status}")

    def _parameters(self, old: Document, new: Document, line: str) -> Iterator[str]:
        before = {(part["in"], part["name"]): part for part in old.get("parameters", [])}
        after = {(part["in"], part["name"]): part for part in new.get("parameters", [])}
        for key, part in after.items():
            known = before.get(key)
            where = f"{line} {key[0]} parameter {key[1]}"
            if part.get("required") and not (known and known.get("required")):
                yield f"{where}: now required"
            if known is not None:
                yield from self.schemas(known.get("schema", {}), part.get("schema", {}), "request", where)
        for place, name in before.keys() - after.keys():
            yield f"{line} {place} parameter {name}: removed"

    def _bodies(self, old: Document, new: Document, line: str) -> Iterator[str]:
        before, after = old.get("requestBody"), new.get("requestBody")
        if after is not None and after.get("required") and not (before and before.get("required")):
            yield f"{line} body: now required"
        if before is not None:
            yield from self._contents(before, after or {}, "request", f"{line} body")

    def _contents(self, old: Document, new: Document, direction: Direction, where: str) -> Iterator[str]:
        for media_type, content in old.get("content", {}).items():
            found = new.get("content", {}).get(media_type)
            if found is None:
                yield f"{where}: {media_type} removed"
            else:
                yield from self.schemas(content.get("schema", {}), found.get("schema", {}), direction, where)

    def schemas(self, old: Schema, new: Schema, direction: Direction, where: str) -> Iterator[str]:
        before, after = _by_kind(self._old, old), _by_kind(self._new, new)
        yield from _kinds(before.keys(), after.keys(), direction, where)
        for kind in before.keys() & after.keys():
            yield from self._alternatives(before[kind], after[kind], direction, where)

    def _alternatives(self, old: Schema, new: Schema, direction: Direction, where: str) -> Iterator[str]:
        if old.get("format") != new.get("format"):
            yield f"{where}: format changed from {old.get('format')} to {new.get('format')}"
        for value in _values(old) - _values(new) if _values(new) else set():
            yield f"{where}: value {value} removed"
        if direction == "request":
            yield from _tightened(old, new, where)
        yield from self._properties(old, new, direction, where)
        for keyword in ("items", "additionalProperties"):
            if isinstance(old.get(keyword), dict) and isinstance(new.get(keyword), dict):
                yield from self.schemas(old[keyword], new[keyword], direction, f"{where}/*")

    def _properties(self, old: Schema, new: Schema, direction: Direction, where: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        # A schema may hold itself; the documents outlive the comparison, so that their parts keep their identity.
        pair = (id(before), id(after), direction)
        if pair in self._compared:
            return
        if before:
            self._compared.add(pair)
        needed_before, needed_after = set(old.get("required", [])), set(new.get("required", []))
        for name in before.keys() - after.keys():
            yield f"{where}/{name}: removed"
        if direction == "request":
            yield from (f"{where}/{name}: now required" for name in sorted(needed_after - needed_before))
        else:
            lost = (needed_before - needed_after) & after.keys()
            yield from (f"{where}/{name}: may now be absent" for name in sorted(lost))
        for name in before.keys() & after.keys():
            yield from self.schemas(before[name], after[name], direction, f"{where}/{name}")


def _by_kind(document: Document, schema: Schema) -> dict[str, Schema]:
    """The alternatives of a schema by their type; objects of a union are told apart by their titles."""
    alternatives = list(_alternatives(document, schema))
    objects = [one for one in alternatives if one.get("type") == "object"]
    kinds: dict[str, Schema] = {}
    for one in alternatives:
        kind = str(one.get("type", "anything"))
        kinds[f"object {one.get('title', '')}" if kind == "object" and len(objects) > 1 else kind] = one
    return kinds


def _alternatives(document: Document, schema: Schema) -> Iterator[Schema]:
    if "$ref" in schema:
        target: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target.get(part.replace("~1", "/").replace("~0", "~"), {})
        yield from _alternatives(document, target)
    elif "anyOf" in schema or "oneOf" in schema:
        for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from _alternatives(document, one)
    elif isinstance(schema.get("type"), list):
        yield from ({**schema, "type": kind} for kind in schema["type"])
    else:
        yield schema


def _kinds(old: Any, new: Any, direction: Direction, where: str) -> Iterator[str]:
    removed, added = sorted(old - new), sorted(new - old)
    if direction == "request" and removed and "anything" not in new:
        yield f"{where}: no longer takes {', '.join(removed)}"
    if direction == "response" and added and "anything" not in old:
        yield f"{where}: may now be {', '.join(added)} instead of {', '.join(sorted(old))}"


def _values(schema: Schema) -> set[str]:
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return {str(value) for value in values}


def _tightened(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for keyword, (none, refuses) in _TIGHTER.items():
        before, after = old.get(keyword, none), new.get(keyword, none)
        if refuses(before, after):
            yield f"{where}: {keyword} is now {after}"
    if new.get("pattern") not in (None, old.get("pattern")):
        yield f"{where}: pattern is now {new['pattern']}"
    if (
        new.get("additionalProperties") is False
        and old.get("additionalProperties") is not False
        and "properties" in old
    ):
        yield f"{where}: further fields are now refused"
    if _values(new) and not _values(old):
        yield f"{where}: only some values are now taken"
