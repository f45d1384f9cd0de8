"""A strict fake of an endpoint that speaks OpenAI's chat completions, on a port of this machine.

Source: https://platform.openai.com/docs/api-reference/chat/create and `…/chat-streaming`. What it says, and how it
breaks, is scripted, one `will_…` for each request to come, in order; without a script it says `Hello`.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.support.http_server import served

KEY, MODEL = "sk-fake-endpoint", "gpt-4o-mini"
MOST_TOKENS = 8192
_KNOWN = {"model", "messages", "max_tokens", "max_completion_tokens", "stream", "stream_options", "temperature"}
_REQUIRED = {"model", "messages", "stream"}


class Break(Enum):
    """How an answer may go wrong at a place of it."""

    HANG = auto()
    CUT = auto()
    ENDED = auto()
    """The response ends in order, but before the answer does."""
    GARBLED = auto()
    """An event that is no JSON."""
    NOT_UTF8 = auto()
    ERROR = auto()
    """An event with an error in it."""


@dataclass(frozen=True, kw_only=True)
class _Script:
    parts: tuple[str | Break, ...] = ("Hello",)
    finish_reason: str = "stop"
    usage: Mapping[str, Any] | None = None
    status: int = 200
    hangs_first: bool = False
    content_type: str = "text/event-stream; charset=utf-8"


class _Invalid(Exception):
    """The request is not as the API's description says."""


@dataclass
class ChatEndpoint:
    """The fake: what it was asked, and what became of it."""

    url: str = ""
    line_end: str = "\n"
    chunk_bytes: int | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    left: int = 0
    _scripts: deque[_Script] = field(default_factory=deque)

    def will_say(
        self, *parts: str | Break, finish_reason: str = "stop", usage: Mapping[str, Any] | None = None
    ) -> None:
        """Streams `parts`; `usage` as given, else counted, and left out if it is empty."""
        self._scripts.append(_Script(parts=parts, finish_reason=finish_reason, usage=usage))

    def will_refuse(self, status: int, *, times: int = 1) -> None:
        """Answers with an error before any stream."""
        self._scripts.extend([_Script(status=status)] * times)

    def will_hang(self) -> None:
        """Sends nothing at all."""
        self._scripts.append(_Script(hangs_first=True))

    def will_answer_as(self, content_type: str) -> None:
        """Answers with something that is no event stream."""
        self._scripts.append(_Script(content_type=content_type))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = Request(scope, receive)
        if request.headers.get("authorization") != f"Bearer {KEY}":
            await self._refuse(401, "Incorrect API key provided.", scope, receive, send)
            return
        try:
            body = _checked(await request.body(), request.headers.get("content-type", ""))
        except _Invalid as invalid:
            await self._refuse(400, str(invalid), scope, receive, send)
            return
        self.asked.append(body)
        script = self._scripts.popleft() if self._scripts else _Script()
        if script.hangs_first:
            await self._hang(receive)
        elif script.status != 200:
            await self._refuse(script.status, "Try again later.", scope, receive, send)
        else:
            await self._stream(script, body, receive, send)

    async def _refuse(self, status: int, message: str, scope: Scope, receive: Receive, send: Send) -> None:
        self.refused.append(f"{status}: {message}")
        headers = {"location": "https://elsewhere.example/"} if status in {301, 302, 307} else {}
        await JSONResponse({"error": {"message": message}}, status, headers)(scope, receive, send)

    async def _hang(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            continue
        self.left += 1

    async def _stream(self, script: _Script, body: Mapping[str, Any], receive: Receive, send: Send) -> None:
        headers = [(b"content-type", script.content_type.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        pending = self._encoded(": a comment")
        for event in _events(script, body):
            if isinstance(event, Break):
                await _send(send, pending)
                if event is Break.HANG:
                    await self._hang(receive)
                return  # without the end of the response: the server cuts the connection
            pending += self._encoded(event)
            size = self.chunk_bytes or len(pending)
            while len(pending) >= size > 0:
                await _send(send, pending[:size])
                pending = pending[size:]
        await send({"type": "http.response.body", "body": pending})

    def _encoded(self, event: str | bytes) -> bytes:
        return event if isinstance(event, bytes) else f"{event}{self.line_end}{self.line_end}".encode()


def _checked(raw: bytes, content_type: str) -> dict[str, Any]:
    if content_type != "application/json":
        raise _Invalid("The body must be JSON.")
    body = json.loads(raw)
    if unknown := set(body) - _KNOWN:
        raise _Invalid(f"Unrecognized request argument supplied: {sorted(unknown)}")
    if missing := _REQUIRED - set(body):
        raise _Invalid(f"Missing required parameter: {sorted(missing)}")
    if body["model"] != MODEL:
        raise _Invalid("The model does not exist or you do not have access to it.")
    if body.get("stream_options") and not body["stream"]:
        raise _Invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.")
    limits = [body[name] for name in ("max_tokens", "max_completion_tokens") if name in body]
    if len(limits) != 1 or not 0 < limits[0] <= MOST_TOKENS:
        raise _Invalid("max_tokens is too large, or not set once.")
    for message in body["messages"]:
        if set(message) != {"role", "content"} or message["role"] not in {"system", "user", "assistant"}:
            raise _Invalid("Invalid message.")
        if not isinstance(message["content"], str) or not message["content"].strip():
            raise _Invalid("Invalid content.")
    return dict(body)


def _events(script: _Script, body: Mapping[str, Any]) -> list[str | bytes | Break]:
    wants_usage = bool(body.get("stream_options", {}).get("include_usage"))
    events: list[str | bytes | Break] = [_chunk({"role": "assistant", "content": ""})]
    for part in script.parts:
        if isinstance(part, str):
            events.append(_chunk({"content": part}))
        else:
            return events + _broken(part)
    events.append(_chunk({}, script.finish_reason))
    usage = _counted(script, body) if script.usage is None else script.usage
    if wants_usage and usage:
        events.append(_data({"object": "chat.completion.chunk", "choices": [], "usage": usage}))
    return [*events, "data: [DONE]"]


def _counted(script: _Script, body: Mapping[str, Any]) -> dict[str, Any]:
    asked = sum(len(message["content"].encode()) for message in body["messages"]) // 4
    said = sum(len(part) for part in script.parts if isinstance(part, str)) // 4
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _broken(part: Break) -> list[str | bytes | Break]:
    half = _chunk({"content": "never to be seen whole"})[:40].encode()
    endings: Mapping[Break, list[str | bytes | Break]] = {
        Break.HANG: [Break.HANG],
        Break.CUT: [half, Break.CUT],
        Break.ENDED: [half],
        Break.GARBLED: ["data: {no JSON"],
        Break.NOT_UTF8: [b"data: \xff\xfe\n\n"],
        Break.ERROR: [_data({"error": {"message": "The server had an error."}})],
    }
    return endings[part]


def _chunk(delta: Mapping[str, Any], finish_reason: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": f"{MODEL}-2024-07-18"}
    return _data({**chunk, "choices": [choice], "usage": None})


def _data(value: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}"


async def _send(send: Send, chunk: bytes) -> None:
    if chunk:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await asyncio.sleep(0)


@asynccontextmanager
async def fake_chat_endpoint() -> AsyncIterator[ChatEndpoint]:
    """A fake on a free port, with one model and one key."""
    endpoint = ChatEndpoint()
    async with served(Starlette(routes=[Route("/v1/chat/completions", endpoint, methods=["POST"])])) as url:
        endpoint.url = f"{url}/v1"
        yield endpoint
