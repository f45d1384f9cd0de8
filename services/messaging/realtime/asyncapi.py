"""The description of the socket as AsyncAPI 3.0, made from the frames themselves.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from libs.common.serve import MAX_SOCKET_FRAME
from services.messaging.realtime.closing import CLOSINGS
from services.messaging.realtime.examples import EXAMPLES
from services.messaging.realtime.frames import CLIENT_FRAMES, SERVER_FRAMES

Json = dict[str, Any]
_SCHEMAS = "#/components/schemas/{model}"
_CHANNEL = "realtime"
_DESCRIPTION = (
    "One socket carries everything that happens in a person's conversations, and to the person. Events of a stream "
    "come in the order of their `seq`, each once, none left out; after a drop the client subscribes from where it was."
)


def document() -> Json:
    """The AsyncAPI document."""
    messages, schemas = _messages()
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "StackPro realtime", "version": "1", "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": {
            _CHANNEL: {
                "address": "/v1/realtime",
                "description": f"JSON text frames of at most {MAX_SOCKET_FRAME} bytes, uncompressed.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in sorted(messages)},
                "bindings": {
                    "ws": {
                        "method": "GET",
                        "query": {
                            "type": "object",
                            "properties": {"ticket": {"type": "string", "description": "From /v1/realtime/tickets."}},
                        },
                        "bindingVersion": "0.1.0",
                    }
                },
                "x-close-codes": [
                    {
                        "code": one.code,
                        "name": one.name,
                        "meaning": one.meaning,
                        "advice": one.advice,
                        "wait_seconds": one.wait_seconds,
                    }
                    for one in CLOSINGS
                ],
            }
        },
        "operations": {
            "fromClient": _operation("receive", "What the server takes from clients.", CLIENT_FRAMES),
            "fromServer": _operation("send", "What the server tells clients.", SERVER_FRAMES),
        },
        "components": {"messages": messages, "schemas": schemas},
    }


@cache
def document_bytes() -> bytes:
    """The document as JSON."""
    return orjson.dumps(document())


def _operation(action: str, summary: str, frames: Sequence[type[BaseModel]]) -> Json:
    names = sorted(frame.__name__ for frame in frames)
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": f"#/channels/{_CHANNEL}"},
        "messages": [{"$ref": f"#/channels/{_CHANNEL}/messages/{name}"} for name in names],
    }


def _messages() -> tuple[Json, Json]:
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((frame, "validation") for frame in CLIENT_FRAMES),
        *((frame, "serialization") for frame in SERVER_FRAMES),
    ]
    references, definitions = models_json_schema(modes, ref_template=_SCHEMAS)
    messages = {
        frame.__name__: {
            "name": frame.model_fields["type"].default,
            "summary": _first_line(frame),
            "payload": references[frame, mode],
            "examples": [{"payload": EXAMPLES[frame]}],
        }
        for frame, mode in modes
    }
    schemas: Mapping[str, Any] = definitions["$defs"]
    for frame, mode in modes:
        reference: str = references[frame, mode]["$ref"]
        schemas[reference.rpartition("/")[2]].setdefault("required", []).insert(0, "type")
    for schema in schemas.values():
        if "required" in schema:
            schema["required"] = sorted(set(schema["required"]))
    return messages, dict(schemas)


def _first_line(frame: type[BaseModel]) -> str:
    return (frame.__doc__ or "").strip().splitlines()[0]
