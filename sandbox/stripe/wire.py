"""Stripe's wire format: nested form parameters in, JSON objects and lists out."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from sandbox.stripe.errors import InvalidRequest

API_VERSION = "2026-10-28.endive"
"""The one version spoken here; the version that the `stripe` library of the lock file pins."""

StripeObject = dict[str, Any]
"""A JSON object as Stripe shapes it. Members that start with an underscore stay inside the sandbox."""

FormValue = str | dict[str, "FormValue"]
"""A decoded parameter: text, or a mapping; a list is a mapping from its indices."""


def decode_form(encoded: str) -> dict[str, FormValue]:
    """`items[0][price]=p` becomes `{"items": {"0": {"price": "p"}}}`; `a[]=x` takes the next index.

    Raises InvalidRequest for a key that is malformed or used both as text and as a mapping.
    """
    decoded: dict[str, FormValue] = {}
    for key, value in parse_qsl(encoded, keep_blank_values=True, max_num_fields=2000):
        *parents, last = _split_key(key)
        level = decoded
        for part in parents:
            level = _descend(level, part, key)
        name = last or str(len(level))
        if isinstance(level.get(name), dict):
            raise InvalidRequest(f"Invalid parameter: {key}", param=key)
        level[name] = value
    return decoded


def _split_key(key: str) -> list[str]:
    head, bracket, rest = key.partition("[")
    if not bracket:
        return [key]
    if not head or not rest.endswith("]"):
        raise InvalidRequest(f"Invalid parameter name: {key}", param=key)
    return [head, *rest[:-1].split("][")]


def _descend(level: dict[str, FormValue], part: str, key: str) -> dict[str, FormValue]:
    child = level.setdefault(part or str(len(level)), {})
    if isinstance(child, str):
        raise InvalidRequest(f"Invalid parameter: {key}", param=key)
    return child


def public(value: Any) -> Any:
    """A deep copy without the members that stay inside the sandbox."""
    if isinstance(value, Mapping):
        return {key: public(inner) for key, inner in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [public(inner) for inner in value]
    return value


def list_object(url: str, data: Iterable[StripeObject], *, has_more: bool = False) -> StripeObject:
    """Stripe's envelope around a page of objects; `url` is the path that lists them."""
    return {"object": "list", "url": url, "has_more": has_more, "data": list(data)}
