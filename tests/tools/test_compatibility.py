"""What breaks a caller, and what does not."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tools.compatibility import breaking_changes, breaking_event_changes

Change = Callable[[Any], object]


def document() -> dict[str, Any]:
    """A list that can be read and added to."""
    return {
        "paths": {
            "/v1/notes": {
                "get": {
                    "operationId": "list_notes",
                    "parameters": [{"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 100}}],
                    "responses": {
                        "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}}},
                        "404": {"description": "Not found"},
                    },
                },
                "post": {
                    "operationId": "add_note",
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewNote"}}}
                    },
                    "responses": {"201": {"description": "Added"}},
                },
            }
        },
        "components": {
            "schemas": {
                "Note": {
                    "type": "object",
                    "required": ["id", "text"],
                    "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "text": {"type": "string"},
                        "color": {"type": "string", "enum": ["red", "blue"]},
                        "parent": {"anyOf": [{"$ref": "#/components/schemas/Note"}, {"type": "null"}]},
                        "tags": {"type": "array", "items": {"type": "string"}},
                    },
                },
                "NewNote": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["text"],
                    "properties": {
                        "text": {"type": "string", "minLength": 1, "maxLength": 100},
                        "color": {"anyOf": [{"type": "string", "enum": ["red", "blue"]}, {"type": "null"}]},
                    },
                },
            }
        },
    }


def operation(changed: Any, method: str) -> Any:
    return changed["paths"]["/v1/notes"][method]


def note(changed: Any) -> Any:
    return changed["components"]["schemas"]["Note"]


def new_note(changed: Any) -> Any:
    return changed["components"]["schemas"]["NewNote"]


def after(change: Change) -> list[str]:
    changed = copy.deepcopy(document())
    change(changed)
    return breaking_changes(document(), changed)


BREAKING: dict[str, tuple[Change, str]] = {
    "a path is removed": (lambda doc: doc["paths"].clear(), "GET /v1/notes: removed"),
    "an operation is removed": (lambda doc: doc["paths"]["/v1/notes"].pop("post"), "POST /v1/notes: removed"),
    "an operation gets another name": (
        lambda doc: operation(doc, "get").update(operationId="notes"),
        "GET /v1/notes: operationId changed from list_notes to notes",
    ),
    "credentials are asked for": (
        lambda doc: operation(doc, "get").update(security=[{"Bearer": []}]),
        "GET /v1/notes: now asks for credentials",
    ),
    "an answer is removed": (
        lambda doc: operation(doc, "get")["responses"].pop("404"),
        "GET /v1/notes: answer 404 removed",
    ),
    "a field of an answer is removed": (
        lambda doc: note(doc)["properties"].pop("color"),
        "GET /v1/notes answer 200/color: removed",
    ),
    "a field of an answer may be absent": (
        lambda doc: note(doc)["required"].remove("text"),
        "GET /v1/notes answer 200/text: may now be absent",
    ),
    "a field of an answer may be null": (
        lambda doc: note(doc)["properties"].update(text={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "GET /v1/notes answer 200/text: may now be null instead of string",
    ),
    "a value of an answer is removed": (
        lambda doc: note(doc)["properties"]["color"]["enum"].remove("red"),
        "GET /v1/notes answer 200/color: value red removed",
    ),
    "the items of a list change their type": (
        lambda doc: note(doc)["properties"]["tags"].update(items={"type": "integer"}),
        "GET /v1/notes answer 200/tags/*: may now be integer instead of string",
    ),
    "a format changes": (
        lambda doc: note(doc)["properties"]["id"].pop("format"),
        "GET /v1/notes answer 200/id: format changed from uuid to None",
    ),
    "a media type is removed": (
        lambda doc: operation(doc, "get")["responses"]["200"]["content"].clear(),
        "GET /v1/notes answer 200: application/json removed",
    ),
    "a parameter is removed": (
        lambda doc: operation(doc, "get").update(parameters=[]),
        "GET /v1/notes query parameter limit: removed",
    ),
    "a parameter is required": (
        lambda doc: operation(doc, "get")["parameters"].append(
            {"in": "query", "name": "of", "required": True, "schema": {"type": "string"}}
        ),
        "GET /v1/notes query parameter of: now required",
    ),
    "a parameter takes less": (
        lambda doc: operation(doc, "get")["parameters"][0]["schema"].update(maximum=50),
        "GET /v1/notes query parameter limit: maximum is now 50",
    ),
    "a body is required": (
        lambda doc: operation(doc, "post")["requestBody"].update(required=True),
        "POST /v1/notes body: now required",
    ),
    "a field of a body is required": (
        lambda doc: new_note(doc)["required"].append("color"),
        "POST /v1/notes body/color: now required",
    ),
    "a field of a body is removed": (
        lambda doc: new_note(doc)["properties"].pop("color"),
        "POST /v1/notes body/color: removed",
    ),
    "a field of a body no longer takes null": (
        lambda doc: new_note(doc)["properties"].update(color={"type": "string", "enum": ["red", "blue"]}),
        "POST /v1/notes body/color: no longer takes null",
    ),
    "a field of a body takes fewer values": (
        lambda doc: new_note(doc)["properties"]["color"]["anyOf"][0]["enum"].remove("red"),
        "POST /v1/notes body/color: value red removed",
    ),
    "a field of a body takes another type": (
        lambda doc: new_note(doc)["properties"].update(text={"type": "integer"}),
        "POST /v1/notes body/text: no longer takes string",
    ),
    "a field of a body must be longer": (
        lambda doc: new_note(doc)["properties"]["text"].update(minLength=3),
        "POST /v1/notes body/text: minLength is now 3",
    ),
    "a field of a body must fit a pattern": (
        lambda doc: new_note(doc)["properties"]["text"].update(pattern="^a"),
        "POST /v1/notes body/text: pattern is now ^a",
    ),
}

HARMLESS: dict[str, Change] = {
    "credentials may be given": lambda doc: operation(doc, "get").update(security=[{"Cookie": []}, {}]),
    "nothing changes": lambda _doc: None,
    "a path is added": lambda doc: doc["paths"].update({"/v1/other": {}}),
    "an answer gains a field": lambda doc: note(doc)["properties"].update(pinned={"type": "boolean"}),
    "an answer gains a value": lambda doc: note(doc)["properties"]["color"]["enum"].append("green"),
    "an answer always holds a field": lambda doc: note(doc)["required"].append("color"),
    "a body gains a field that may be left out": lambda doc: new_note(doc)["properties"].update(
        pinned={"type": "boolean"}
    ),
    "a body takes more values": lambda doc: new_note(doc)["properties"]["color"]["anyOf"][0]["enum"].append("green"),
    "a body takes longer text": lambda doc: new_note(doc)["properties"]["text"].update(maxLength=200),
    "a body needs less": lambda doc: new_note(doc)["required"].clear(),
    "a parameter is added that may be left out": lambda doc: operation(doc, "get")["parameters"].append(
        {"in": "query", "name": "of", "schema": {"type": "string"}}
    ),
    "a schema gets another name": lambda doc: (
        doc["components"]["schemas"].update(Remark=new_note(doc)),
        operation(doc, "post")["requestBody"]["content"]["application/json"].update(
            schema={"$ref": "#/components/schemas/Remark"}
        ),
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_it_breaks_a_caller_when(name: str) -> None:
    change, line = BREAKING[name]
    assert line in after(change)


@pytest.mark.parametrize("name", HARMLESS)
def test_it_breaks_nobody_when(name: str) -> None:
    assert after(HARMLESS[name]) == []


def test_a_field_deep_in_a_union_is_compared() -> None:
    old = {"anyOf": [{"type": "object", "title": kind, "properties": {"at": {"type": "string"}}} for kind in "AB"]}
    new = copy.deepcopy(old)
    new["anyOf"][1]["properties"] = {}
    assert breaking_event_changes(old, new) == ["event/at: removed"]


def test_an_event_may_gain_a_field_and_never_lose_one() -> None:
    old = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    more = {**old, "properties": {"id": {"type": "string"}, "plan": {"type": "string"}}}
    assert breaking_event_changes(old, more) == []
    assert breaking_event_changes(more, old) == ["event/plan: removed"]
