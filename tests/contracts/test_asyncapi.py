"""The AsyncAPI document of the sockets: sound in itself, true to the frames, and as it was reviewed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.messaging.realtime.asyncapi import document
from services.messaging.realtime.closing import CLOSINGS
from services.messaging.realtime.examples import EXAMPLES
from services.messaging.realtime.frames import CLIENT_FRAMES, SERVER_FRAME, SERVER_FRAMES, read_frame
from tools.asyncapi import KEPT
from tools.snapshots import ANEW

DOCUMENT = document()
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "realtime.md"
ROOT = {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
CHANNEL = {"address", "messages", "title", "summary", "description", "servers", "parameters", "tags", "bindings"}
OPERATION = {
    "action",
    "channel",
    "title",
    "summary",
    "description",
    "security",
    "tags",
    "bindings",
    "messages",
    "reply",
}
MESSAGE = {"headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description", "examples"}
"""The fields of AsyncAPI 3.0 (specification, §4.2); `x-` extends any of them."""


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for entry in node:
            yield from references(entry)


def found(reference: str) -> Any:
    target: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        target = target[part]
    return target


def unknown(node: dict[str, Any], allowed: set[str]) -> set[str]:
    return {name for name in node if name not in allowed and not name.startswith("x-")}


def test_the_document_is_as_it_was_reviewed() -> None:
    assert json.loads(KEPT.read_text()) == DOCUMENT, ANEW


def test_the_document_has_the_shape_of_the_specification() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    assert not unknown(DOCUMENT, ROOT)
    for channel in DOCUMENT["channels"].values():
        assert not unknown(channel, CHANNEL)
    for operation in DOCUMENT["operations"].values():
        assert not unknown(operation, OPERATION)
        assert operation["action"] in {"send", "receive"}
    for message in MESSAGES.values():
        assert not unknown(message, MESSAGE)


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    used = set(references(DOCUMENT))
    assert all(found(reference) is not None for reference in used)
    schemas = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert schemas <= used
    assert {f"#/components/messages/{name}" for name in MESSAGES} <= used


def test_every_frame_is_a_message_of_the_operation_of_its_direction() -> None:
    for operation, frames in (("fromClient", CLIENT_FRAMES), ("fromServer", SERVER_FRAMES)):
        names = {entry["$ref"].rpartition("/")[2] for entry in DOCUMENT["operations"][operation]["messages"]}
        assert names == {frame.__name__ for frame in frames}


@pytest.mark.parametrize("name", MESSAGES)
def test_every_schema_is_valid_and_describes_its_example(name: str) -> None:
    schema = MESSAGES[name]["payload"] | {"components": DOCUMENT["components"]}
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for example in MESSAGES[name]["examples"]:
        assert [error.message for error in validator.iter_errors(example["payload"])] == []
        assert list(validator.iter_errors({"type": "something else"}))


def test_every_example_is_read_as_the_frame_that_it_shows() -> None:
    for frame in CLIENT_FRAMES:
        assert type(read_frame(json.dumps(EXAMPLES[frame]))) is frame
    for told in SERVER_FRAMES:
        assert type(SERVER_FRAME.validate_python(EXAMPLES[told])) is told


def test_the_page_of_the_protocol_names_every_frame_and_every_close_code() -> None:
    page = PAGE.read_text()
    for frame in (*CLIENT_FRAMES, *SERVER_FRAMES):
        assert f"`{frame.model_fields['type'].default}`" in page
    for one in CLOSINGS:
        wait = f", after {one.wait_seconds} s" if one.wait_seconds else ""
        assert f"| {one.code} | `{one.name}` | {one.meaning} | {one.advice}{wait} |" in page
