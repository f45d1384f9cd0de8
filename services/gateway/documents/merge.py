"""Merges the OpenAPI documents of the services into one (OpenAPI 3.1), without what is not public."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Document = dict[str, Any]
_HIDDEN = re.compile(r"/(internal|agent|livez|readyz|metrics)(/|$)")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_REFERENCE = re.compile(r"#/components/(?P<kind>[^/]+)/(?P<name>[^/]+)(?P<rest>.*)")
Key = tuple[str, str]


def merge_documents(title: str, version: str, documents: Mapping[str, Document], description: str) -> Document:
    """One document of all, by service name.

    A component keeps its name unless another service means something else by it; then it is `<service>_<name>`. So is
    an operation id that two services use.
    """
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description},
        "paths": {},
        "components": {},
        "tags": [],
    }
    taken: set[str] = set()
    for service, document in documents.items():
        components = _components(document)
        renamed = _clashes(components, merged["components"])
        renames = {key: f"{service}_{key[1]}" for key in renamed}
        paths = _public_paths(document, service, taken)
        for path, item in paths.items():
            merged["paths"].setdefault(path, {}).update(_rewritten(item, renames))
        for key in sorted(_reached(paths, components)):
            kind, name = key
            merged["components"].setdefault(kind, {})[renames.get(key, name)] = _rewritten(components[key], renames)
    merged["tags"] = [{"name": name} for name in sorted(_tags(merged["paths"]))]
    return merged


def _components(document: Document) -> dict[Key, Any]:
    return {
        (kind, name): body for kind, entries in document.get("components", {}).items() for name, body in entries.items()
    }


def _clashes(components: Mapping[Key, Any], known: Mapping[str, Mapping[str, Any]]) -> set[Key]:
    """The components whose name already means something else, and those that mean it by pointing there."""
    clashing = {
        (kind, name)
        for (kind, name), body in components.items()
        if name in known.get(kind, {}) and known[kind][name] != body
    }
    while True:
        more = {
            key
            for key, body in components.items()
            if key not in clashing and key[1] in known.get(key[0], {}) and not clashing.isdisjoint(_references(body))
        }
        if not more:
            return clashing
        clashing |= more


def _public_paths(document: Document, service: str, taken: set[str]) -> dict[str, Any]:
    default = document.get("security")
    public: dict[str, Any] = {}
    for path, item in document.get("paths", {}).items():
        if _HIDDEN.match(path):
            continue
        public[path] = dict(item)
        for method in _METHODS:
            if method in item:
                operation = {"tags": [service], **item[method]}
                if default is not None:
                    operation.setdefault("security", default)
                operation_id = operation.get("operationId", f"{method}_{path}")
                operation["operationId"] = f"{service}_{operation_id}" if operation_id in taken else operation_id
                taken.add(operation["operationId"])
                public[path][method] = operation
    return public


def _references(node: Any) -> Iterator[Key]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "security" and isinstance(value, list):
                yield from (("securitySchemes", name) for need in value if isinstance(need, dict) for name in need)
            elif isinstance(value, str):
                if found := _REFERENCE.fullmatch(value):
                    yield found["kind"], found["name"]
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for entry in node:
            yield from _references(entry)


def _reached(paths: Mapping[str, Any], components: Mapping[Key, Any]) -> set[Key]:
    reached: set[Key] = set()
    open_keys = [key for key in _references(dict(paths)) if key in components]
    while open_keys:
        key = open_keys.pop()
        if key not in reached:
            reached.add(key)
            open_keys += [further for further in _references(components[key]) if further in components]
    return reached


def _rewritten(node: Any, renames: Mapping[Key, str]) -> Any:
    if not renames:
        return node
    if isinstance(node, dict):
        return {
            key: _renamed_security(value, renames) if key == "security" else _rewritten(value, renames)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_rewritten(entry, renames) for entry in node]
    if isinstance(node, str) and (found := _REFERENCE.fullmatch(node)):
        name = renames.get((found["kind"], found["name"]), found["name"])
        return f"#/components/{found['kind']}/{name}{found['rest']}"
    return node


def _renamed_security(value: Any, renames: Mapping[Key, str]) -> Any:
    if not isinstance(value, list):
        return _rewritten(value, renames)
    return [
        {renames.get(("securitySchemes", name), name): scopes for name, scopes in need.items()}
        if isinstance(need, dict)
        else need
        for need in value
    ]


def _tags(paths: Mapping[str, Any]) -> set[str]:
    return {
        tag for item in paths.values() for method in _METHODS if method in item for tag in item[method].get("tags", [])
    }
