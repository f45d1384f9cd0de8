"""Our fake of Bedrock is strict: it refuses what Bedrock refuses, and only that."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.eventstream import EventStreamBuffer

from tests.services.ai.bedrock import (
    ACCESS_KEY,
    CLAUDE,
    GUARDRAIL,
    PLAIN,
    REGION,
    SECRET_KEY,
    Bedrock,
    fake_bedrock,
)
from tests.services.ai.event_frames import CONTENT_TYPE

HELLO = {"role": "user", "content": [{"text": "Hello"}]}
REPLY = {"role": "assistant", "content": [{"text": "Hello!"}]}
CACHE = {"cachePoint": {"type": "default"}}
RIGHT: dict[str, Any] = {
    "system": [{"text": "Be kind."}, CACHE],
    "messages": [HELLO, REPLY, HELLO],
    "inferenceConfig": {"maxTokens": 10, "temperature": 0.5, "stopSequences": ["x"]},
    "guardrailConfig": {"guardrailIdentifier": GUARDRAIL[0], "guardrailVersion": GUARDRAIL[1]},
}


@pytest.fixture(scope="module")
async def bedrock() -> AsyncIterator[Bedrock]:
    async with fake_bedrock() as fake:
        yield fake


async def ask(
    bedrock: Bedrock,
    body: object,
    *,
    model: str = CLAUDE,
    key: str = ACCESS_KEY,
    secret: str = SECRET_KEY,
    region: str = REGION,
    service: str = "bedrock",
    changed: bytes = b"",
) -> httpx.Response:
    """A signed request; `changed` comes to the body behind its signature's back."""
    url = f"{bedrock.url}/model/{quote(model, safe='')}/converse-stream"
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = AWSRequest("POST", url, data=raw, headers={"content-type": "application/json"})
    SigV4Auth(Credentials(key, secret), service, region).add_auth(request)
    async with httpx.AsyncClient() as client:
        return await client.post(url, content=raw + changed, headers=dict(request.headers.items()))


def code(response: httpx.Response) -> str:
    return str(response.headers.get("x-amzn-errortype", "")).partition(":")[0]


async def test_what_is_asked_rightly_is_streamed(bedrock: Bedrock) -> None:
    response = await ask(bedrock, RIGHT)

    frames: Any = EventStreamBuffer()
    frames.add_data(response.content)
    assert (response.status_code, response.headers["content-type"]) == (200, CONTENT_TYPE)
    assert [frame.headers[":event-type"] for frame in frames] == [
        "messageStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"key": "AKIAUNKNOWN"}, "UnrecognizedClientException"),
        ({"secret": "wrong"}, "InvalidSignatureException"),
        ({"region": "us-east-1"}, "InvalidSignatureException"),
        ({"service": "bedrock-runtime"}, "InvalidSignatureException"),
        ({"changed": b" "}, "InvalidSignatureException"),
    ],
)
async def test_what_is_not_signed_rightly_is_refused(bedrock: Bedrock, values: dict[str, Any], expected: str) -> None:
    response = await ask(bedrock, RIGHT, **values)

    assert (response.status_code, code(response)) == (403, expected)


async def test_what_is_not_signed_is_refused(bedrock: Bedrock) -> None:
    async with httpx.AsyncClient() as client:
        response = await client.post(f"{bedrock.url}/model/{CLAUDE}/converse-stream", json=RIGHT)

    assert (response.status_code, code(response)) == (403, "MissingAuthenticationTokenException")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"messages": []}, "must start with a user message"),
        ({"messages": [REPLY, HELLO]}, "must start with a user message"),
        ({"messages": [HELLO, HELLO]}, "must alternate"),
        ({"messages": [HELLO, REPLY]}, "must end with a user message"),
        ({"messages": [{"role": "user", "content": []}]}, "messages.0 is empty"),
        ({"messages": [{"role": "user", "content": [{"text": " \n"}]}]}, "messages.0.content.0 is blank"),
        ({"messages": [{"role": "user", "content": [{"guardContent": {"text": {"text": ""}}}]}]}, "is blank"),
        ({"messages": [{"role": "user", "content": [{"text": "a", **CACHE}]}]}, "exactly one member"),
        ({"messages": [{"role": "user", "content": [CACHE, {"text": "a"}]}]}, "must follow the content"),
        ({"messages": [{"role": "user", "content": [{"text": "a", "colour": "red"}]}]}, "colour: extraneous key"),
        ({"messages": [{"role": "user", "content": [{"text": "a"}, *[CACHE] * 4]}]}, "maximum of 4"),
        ({"messages": [{"role": "system", "content": [{"text": "a"}]}]}, "enum value set"),
        ({"messages": [{"role": "user"}]}, "content: must not be null"),
        ({"messages": "Hello"}, "expected a list"),
        ({"system": "Be kind."}, "expected a list"),
        ({"system": [{"text": ""}]}, "greater than or equal to 1"),
        ({"inferenceConfig": {"maxTokens": 0}}, "greater than or equal to 1"),
        ({"inferenceConfig": {"maxTokens": True}}, "expected integer"),
        ({"inferenceConfig": {"maxTokens": 8193}}, "exceeds the model limit of 8192"),
        ({"inferenceConfig": {"temperature": 1.5}}, "less than or equal to 1"),
        ({"inferenceConfig": {"max_tokens": 5}}, "extraneous key"),
        ({"guardrailConfig": {"guardrailIdentifier": "nope", "guardrailVersion": "1"}}, "does not exist"),
        ({"guardrailConfig": {"guardrailIdentifier": "a1b2c3d4", "guardrailVersion": "x"}}, "pattern"),
        ({"stream": True}, "extraneous key"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_not_asked_rightly_is_refused(bedrock: Bedrock, change: dict[str, Any], words: str) -> None:
    response = await ask(bedrock, RIGHT | change)

    assert (response.status_code, code(response)) == (400, "ValidationException")
    assert words in response.json()["message"]


async def test_models_and_what_they_can_are_checked(bedrock: Bedrock) -> None:
    unknown = await ask(bedrock, RIGHT, model="anthropic.unknown-v1:0")
    without_cache = await ask(bedrock, RIGHT, model=PLAIN)

    assert (unknown.status_code, code(unknown)) == (400, "ValidationException")
    assert (without_cache.status_code, code(without_cache)) == (403, "AccessDeniedException")


@pytest.mark.parametrize("body", [b"{", b"[]"])
async def test_what_is_no_json_object_is_refused(bedrock: Bedrock, body: bytes) -> None:
    response = await ask(bedrock, body)

    assert (response.status_code, code(response)) == (400, "SerializationException")
