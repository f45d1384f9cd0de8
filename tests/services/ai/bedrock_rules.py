"""What Bedrock refuses, and how it says so: the rules of our fake, all in this place.

Sources: the service's own description (fields, kinds, lengths, patterns), as AWS publishes it for its SDKs;
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html (fields and errors);
https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html (four cache points, models without);
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html (what a guardrail looks at);
and the words of errors as users of Bedrock report them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.loaders import create_loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

MOST_CACHE_POINTS = 4


class Refused(Exception):
    """An error as Bedrock answers it before a stream."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True, kw_only=True)
class FakeModel:
    """What the fake knows of a model. Below `least_cached` tokens, cache points do nothing."""

    most_tokens: int = 8192
    caches: bool = True
    least_cached: int = 1024


def check_request(
    model_id: str, raw: bytes, models: Mapping[str, FakeModel], guardrails: Mapping[tuple[str, str], Any]
) -> dict[str, Any]:
    """The request's body. Raises `Refused` as Bedrock would."""
    body = _parsed(raw)
    faults = list(_faults(_request_shape(), {**body, "modelId": model_id}, ""))
    if faults:
        raise _invalid(f"{len(faults)} validation error(s) detected: {'; '.join(faults)}")
    model = models.get(model_id)
    if model is None:
        raise _invalid("The provided model identifier is invalid.")
    messages = body.get("messages", [])
    _check_turns(messages)
    _check_texts(messages, body.get("system", []))
    _check_limits(body, model)
    _check_cache_points(body, model)
    config = body.get("guardrailConfig")
    if config and (config["guardrailIdentifier"], config["guardrailVersion"]) not in guardrails:
        raise _invalid("The guardrail identifier or version provided in the request does not exist.")
    return body


def guarded_texts(body: Mapping[str, Any]) -> list[str]:
    """What a guardrail looks at: the texts it is told to look at, or all messages if it is told of none.

    A text that is marked for grounding or as the query only is not looked at by the other policies.
    """
    blocks = [block for message in body["messages"] for block in message["content"]]
    named = [block["guardContent"]["text"] for block in blocks if "guardContent" in block]
    if not named:
        return [block["text"] for block in blocks if "text" in block]
    return [text["text"] for text in named if "guard_content" in text.get("qualifiers", ["guard_content"])]


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Refused(400, "SerializationException", "The request body is no JSON.") from error
    if not isinstance(body, dict):
        raise Refused(400, "SerializationException", "Expected an object.")
    return body


def _check_turns(messages: Sequence[Mapping[str, Any]]) -> None:
    roles = [message["role"] for message in messages]
    if roles[:1] != ["user"]:
        raise _invalid(
            "A conversation must start with a user message. Try again with a conversation that starts with a user "
            "message."
        )
    if any(role == before for role, before in zip(roles[1:], roles, strict=False)):
        raise _invalid(
            "A conversation must alternate between user and assistant roles. Make sure the conversation alternates "
            "between user and assistant roles and try again."
        )
    if roles[-1] != "user":
        raise _invalid(
            "The model does not support assistant message prefill. The conversation must end with a user message."
        )


def _check_texts(messages: Sequence[Mapping[str, Any]], system: Sequence[Mapping[str, Any]]) -> None:
    for number, message in enumerate(messages):
        if not message["content"]:
            raise _invalid(
                f"The content field in the Message object at messages.{number} is empty. Add a ContentBlock object to "
                "the content field and try again."
            )
        for place, block in enumerate(message["content"]):
            _check_text(block, "ContentBlock", f"messages.{number}.content.{place}")
    for place, block in enumerate(system):
        _check_text(block, "SystemContentBlock", f"system.{place}")


def _check_text(block: Mapping[str, Any], kind: str, place: str) -> None:
    text = block.get("text", block.get("guardContent", {}).get("text", {}).get("text"))
    if text is not None and not text.strip():
        raise _invalid(
            f"The text field in the {kind} object at {place} is blank. Add text to the text field, and try again."
        )


def _check_limits(body: Mapping[str, Any], model: FakeModel) -> None:
    if body.get("inferenceConfig", {}).get("maxTokens", 1) > model.most_tokens:
        raise _invalid(
            f"The maximum tokens you requested exceeds the model limit of {model.most_tokens}. Try again with a "
            f"maximum tokens value that is lower than {model.most_tokens}."
        )


def _check_cache_points(body: Mapping[str, Any], model: FakeModel) -> None:
    lists = [body.get("system", []), *(message["content"] for message in body["messages"])]
    count = sum("cachePoint" in block for blocks in lists for block in blocks)
    if count and not model.caches:
        raise Refused(
            403,
            "AccessDeniedException",
            "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for "
            "more information.",
        )
    if count > MOST_CACHE_POINTS:
        raise _invalid(f"A maximum of {MOST_CACHE_POINTS} blocks with cache_control may be provided. Found {count}.")
    if any(blocks and "cachePoint" in blocks[0] for blocks in lists):
        raise _invalid("A cache point must follow the content that it caches.")


def _invalid(message: str) -> Refused:
    return Refused(400, "ValidationException", message)


@cache
def _request_shape() -> Shape:
    description = create_loader().load_service_model("bedrock-runtime", "service-2")
    shape = ServiceModel(description, "bedrock-runtime").operation_model("ConverseStream").input_shape
    assert shape is not None
    return shape


def _faults(shape: Shape, value: object, path: str) -> Iterator[str]:
    """Where `value` is not what the service's description says."""
    if isinstance(shape, StructureShape):
        yield from _structure_faults(shape, value, path)
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield f"{path}: expected a list"
            return
        yield from _size_faults(shape, len(value), path)
        for number, member in enumerate(value):
            yield from _faults(shape.member, member, f"{path}.{number}")
    elif isinstance(shape, MapShape):
        if not isinstance(value, dict):
            yield f"{path}: expected a map"
    else:
        yield from _scalar_faults(shape, value, path)


def _structure_faults(shape: StructureShape, value: object, path: str) -> Iterator[str]:
    if getattr(shape, "is_document_type", False):
        return
    if not isinstance(value, dict):
        yield f"{path}: expected an object"
        return
    yield from (f"{path}.{name}: extraneous key is not permitted" for name in value if name not in shape.members)
    yield from (f"{path}.{name}: must not be null" for name in shape.required_members if value.get(name) is None)
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield f"{path}: exactly one member of the union must be set"
    for name, member in value.items():
        if name in shape.members:
            yield from _faults(shape.members[name], member, f"{path}.{name}")


_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "blob": (str,),
}


def _scalar_faults(shape: Shape, value: object, path: str) -> Iterator[str]:
    wrong_bool = isinstance(value, bool) and shape.type_name != "boolean"
    if wrong_bool or not isinstance(value, _KINDS[shape.type_name]):
        yield f"{path}: expected {shape.type_name}"
    elif isinstance(value, str):
        yield from _size_faults(shape, len(value), path)
        allowed, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern")
        if allowed and value not in allowed:
            yield f"{path}: must satisfy enum value set {allowed}"
        if pattern and not re.fullmatch(pattern, value):
            yield f"{path}: must satisfy regular expression pattern"
    elif isinstance(value, int | float):
        yield from _size_faults(shape, value, path)


def _size_faults(shape: Shape, size: float, path: str) -> Iterator[str]:
    if size < shape.metadata.get("min", size):
        yield f"{path}: must have value greater than or equal to {shape.metadata['min']}"
    if size > shape.metadata.get("max", size):
        yield f"{path}: must have value less than or equal to {shape.metadata['max']}"
