"""Writes `docs/reference/events.md` from `libs/contracts`: `python -m tools.events_reference`."""

import inspect
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pydantic.fields import FieldInfo

import libs.contracts
from libs.common.events import Event, StateEvent
from services.registry import NAMES

PAGE = Path(__file__).resolve().parent.parent / "docs/reference/events.md"
HEAD = """# Events

<!-- Written by `make reference` from libs/contracts. Change the contracts, not this page. -->

A service tells the others what became true by an event, written in the same transaction and published after it.
Delivery is at least once and in no order. Every event has `id` (UUIDv7), `tenant_id` and `occurred_at` (RFC 3339, UTC);
a state event also has `version`, and the newest version wins; a fact event counts once, by its id. Unknown fields are
ignored, so that fields may be added within a version.
"""
_PLAIN = {"str": "text", "int": "integer", "bool": "true or false", "datetime": "time"}


def render() -> str:
    """The whole page."""
    return "\n".join((HEAD, *(line for event in events() for line in _entry(event))))


def events() -> list[type[Event]]:
    """Every event that a contract names, by its type."""
    modules = [import_module(f"libs.contracts.{one.name}") for one in pkgutil.iter_modules(libs.contracts.__path__)]
    return sorted((event for module in modules for event in _events_of(module)), key=lambda event: event.type)


def _events_of(module: ModuleType) -> Iterator[type[Event]]:
    for _, kind in inspect.getmembers(module, inspect.isclass):
        if issubclass(kind, Event) and kind.__module__ == module.__name__ and hasattr(kind, "type"):
            yield kind


def _entry(event: type[Event]) -> Iterator[str]:
    kind = "state" if issubclass(event, StateEvent) else "fact"
    yield f"## `{event.type}`\n"
    yield f"{' '.join((inspect.getdoc(event) or '').split())} A {kind} event.\n"
    yield "| field | type |"
    yield "|---|---|"
    for name, field in event.model_fields.items():
        if name not in Event.model_fields:
            yield f"| `{name}` | {_type(field)} |"
    yield ""
    yield f"Consumed by: {', '.join(_consumers(event)) or 'nobody yet'}.\n"


def _type(field: FieldInfo) -> str:
    values = getattr(field.annotation, "__args__", ())
    if values and all(isinstance(value, str) for value in values):
        return ", ".join(f"`{value}`" for value in values)
    name = getattr(field.annotation, "__name__", str(field.annotation))
    return _PLAIN.get(name, name)


def _consumers(event: type[Event]) -> Iterator[str]:
    """The services whose handlers, or whose table of handlers, name the event."""
    root = Path(__file__).resolve().parent.parent / "services"
    for name in NAMES:
        folder = root / name
        handling = [path for path in (folder / "app.py", *folder.glob("**/handlers.py")) if path.is_file()]
        if any(event.__name__ in path.read_text() for path in handling):
            yield name


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render())
    sys.stdout.write(f"{PAGE.relative_to(PAGE.parents[2])}\n")
