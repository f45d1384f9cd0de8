"""The promises that are kept in git, so that a change of one shows in review: `make snapshots` writes them anew.

OpenAPI documents, event schemas, and who may call what. A change that breaks callers is refused unless it is wanted:
`python -m tools.snapshots --breaking`.
"""

import argparse
import json
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import libs.contracts
from libs.common import audit
from libs.common.events import Event
from services.gateway.documents.merge import merge_documents
from services.gateway.documents.service import DESCRIPTION
from tools.asyncapi import asyncapi_snapshot
from tools.compatibility import breaking_changes, breaking_event_changes
from tools.operations import applications, operations_by_role

Json = dict[str, Any]
TESTS = Path(__file__).parents[1] / "tests"
OPENAPI = TESTS / "contracts" / "openapi"
EVENTS = TESTS / "contracts" / "events"
OPERATIONS = TESTS / "isolation" / "operations_by_role.json"
ANEW = "If that is meant, run `make snapshots` and commit what it writes."


def openapi_documents() -> dict[str, Json]:
    """Each service's document by its name, and the gateway's merged one as `merged`."""
    documents = {name: app.openapi() for name, app in applications().items()}
    return {**documents, "merged": merge_documents("StackPro", "1", documents, DESCRIPTION)}


def event_schemas() -> dict[str, Json]:
    """The JSON Schema of every event that a service announces, by the event's type."""
    return {event.type: event.model_json_schema() for event in _events(Event)}


def _events(base: type[Event]) -> Iterator[type[Event]]:
    for module in pkgutil.iter_modules(libs.contracts.__path__, "libs.contracts."):
        import_module(module.name)
    promised = ("libs.contracts.", audit.__name__)
    for event in base.__subclasses__():
        if event.__module__.startswith(promised) and "type" in vars(event):
            yield event
        yield from _events(event)


def all_snapshots() -> dict[Path, Json]:
    """What every file should hold at present."""
    return {
        **{OPENAPI / f"{name}.json": document for name, document in openapi_documents().items()},
        **{EVENTS / f"{name}.json": schema for name, schema in event_schemas().items()},
        OPERATIONS: operations_by_role(),
        **asyncapi_snapshot(),
    }


def kept(folder: Path) -> dict[str, Json]:
    """The snapshots in a folder, by name."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


def breaks(old: Mapping[str, Json], new: Mapping[str, Json], compare: Callable[[Json, Json], list[str]]) -> list[str]:
    """What breaks between two sets of snapshots, a line for each, with the name before it."""
    gone = [f"{name}: removed" for name in old if name not in new]
    return gone + [
        f"{name}: {line}" for name, before in old.items() if name in new for line in compare(before, new[name])
    ]


def all_breaks() -> list[str]:
    """What breaks callers or readers, compared with what is kept."""
    return [
        *breaks(kept(OPENAPI), openapi_documents(), breaking_changes),
        *breaks(kept(EVENTS), event_schemas(), breaking_event_changes),
    ]


def write_snapshots() -> None:
    """Makes the files say what is so at present, and removes those of what is gone."""
    wanted = all_snapshots()
    for folder in (OPENAPI, EVENTS):
        folder.mkdir(parents=True, exist_ok=True)
        for path in set(folder.glob("*.json")) - wanted.keys():
            path.unlink()
    for path, content in wanted.items():
        path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="Write the snapshots of documents, events and rights anew.")
    parser.add_argument("--breaking", action="store_true", help="also when that breaks callers")
    broken = all_breaks()
    if broken and not parser.parse_args(arguments).breaking:
        sys.exit("\n".join(["This breaks callers. Add instead, or run with --breaking:", *broken]))
    write_snapshots()


if __name__ == "__main__":
    main(sys.argv[1:])
