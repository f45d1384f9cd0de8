"""A strict fake of Bedrock's ConverseStream on a port of this machine: it refuses what Bedrock refuses.

What it refuses stands in `bedrock_rules`, how its stream looks on the wire in `event_frames`, how requests must be
signed in `signatures`. What it says, and how it breaks, is scripted: one `will_…` for each request to come, in order;
without a script it says `Hello`. Only a real account proves that Bedrock does the same.
"""

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from urllib.parse import unquote

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from libs.adapters.aws_settings import AwsSettings
from tests.services.ai.bedrock_rules import FakeModel, Refused, check_request, guarded_texts
from tests.services.ai.event_frames import CONTENT_TYPE, corrupted, event, exception
from tests.services.ai.signatures import BadSignature, check_signature
from tests.support.http_server import served

REGION = "eu-central-1"
ACCESS_KEY, SECRET_KEY = "AKIAFAKEBEDROCK00001", "secret-of-the-fake-bedrock"
CLAUDE, PLAIN = "eu.anthropic.claude-haiku-4-5-20251001-v1:0", "example.plain-v1:0"
GUARDRAIL, FORBIDDEN_WORD, BLOCKED = ("a1b2c3d4", "2"), "forbidden", "This cannot be discussed."
_BYTES_PER_TOKEN = 4


class Break(Enum):
    """How an answer may go wrong at a place of it."""

    HANG = auto()
    """Nothing more comes, until the caller leaves."""
    CUT = auto()
    """The connection is closed in the middle of a frame."""
    TRUNCATED = auto()
    """The stream ends, as streams end, in the middle of a frame."""
    CORRUPT = auto()
    """A frame's checksum is wrong."""
    GARBLED = auto()
    """A sound frame with a payload that is no JSON."""
    MISSHAPEN = auto()
    """A sound frame whose event lacks what it must have."""
    UNKNOWN = auto()
    """A sound frame with a kind of event that nobody knows: a later version of the service."""
    ENDED = auto()
    """The stream ends in order, but before the message does."""
    SILENT_END = auto()
    """The message ends, but what it used is never told, and the stream stays open."""


@dataclass(frozen=True)
class Fault:
    """An exception frame, such as `Fault("throttlingException")`."""

    name: str
    message: str = "Something went wrong."


Part = str | Break | Fault


@dataclass(frozen=True, kw_only=True)
class _Script:
    parts: tuple[Part, ...] = ("Hello",)
    stop_reason: str = "end_turn"
    usage: bool = True
    refusal: Refused | None = None
    hangs_first: bool = False


@dataclass
class Bedrock:
    """The fake: what it knows, what it was asked, and what became of it."""

    models: dict[str, FakeModel] = field(default_factory=lambda: {CLAUDE: FakeModel(), PLAIN: FakeModel(caches=False)})
    guardrails: dict[tuple[str, str], str] = field(default_factory=lambda: {GUARDRAIL: FORBIDDEN_WORD})
    frame_bytes: int | None = None
    """Sends the stream in chunks of this size, instead of one for each frame."""
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    left: int = 0
    """Callers that left while it was silent."""
    _scripts: deque[_Script] = field(default_factory=deque)
    _cached: set[str] = field(default_factory=set)

    @property
    def aws(self) -> AwsSettings:
        """The settings by which it is reached."""
        return AwsSettings(
            region=REGION,
            endpoint_url=self.url,
            access_key_id=SecretStr(ACCESS_KEY),
            secret_access_key=SecretStr(SECRET_KEY),
        )

    def will_say(self, *parts: Part, stop_reason: str = "end_turn", usage: bool = True) -> None:
        """Streams `parts`; without `usage` the last event is left out."""
        self._scripts.append(_Script(parts=parts, stop_reason=stop_reason, usage=usage))

    def will_refuse(self, status: int, code: str, *, times: int = 1) -> None:
        """Answers with an error before any stream, such as 429 `ThrottlingException`."""
        self._scripts.extend([_Script(refusal=Refused(status, code, "Try again later."))] * times)

    def will_hang(self) -> None:
        """Sends nothing at all."""
        self._scripts.append(_Script(hangs_first=True))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = Request(scope, receive)
        raw = await request.body()
        try:
            body = self._check(request, raw)
        except Refused as refused:
            self.refused.append(f"{refused.code}: {refused.message}")
            await _refusal(refused)(scope, receive, send)
            return
        self.asked.append(body)
        script = self._scripts.popleft() if self._scripts else _Script()
        if script.hangs_first:
            await self._hang(receive)
        elif script.refusal is not None:
            await _refusal(script.refusal)(scope, receive, send)
        else:
            await self._stream(self._guarded(script, body), body, receive, send)

    def _check(self, request: Request, raw: bytes) -> dict[str, Any]:
        path = request.scope["raw_path"].decode()
        try:
            check_signature(
                method=request.method,
                raw_path=path,
                query=request.url.query,
                headers=request.headers,
                body=raw,
                keys={ACCESS_KEY: SECRET_KEY},
                region=REGION,
                service="bedrock",
            )
        except BadSignature as error:
            raise Refused(403, error.code, error.message) from error
        model_id = unquote(path.split("/")[2])
        return check_request(model_id, raw, self.models, self.guardrails) | {"modelId": model_id}

    def _guarded(self, script: _Script, body: Mapping[str, Any]) -> _Script:
        config = body.get("guardrailConfig")
        if config is None:
            return script
        word = self.guardrails[config["guardrailIdentifier"], config["guardrailVersion"]]
        if any(word in text for text in guarded_texts(body)):
            return _Script(parts=(BLOCKED,), stop_reason="guardrail_intervened")
        return script

    async def _hang(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            continue
        self.left += 1

    async def _stream(self, script: _Script, body: Mapping[str, Any], receive: Receive, send: Send) -> None:
        headers = [(b"content-type", CONTENT_TYPE.encode()), (b"x-amzn-requestid", b"fake")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        pending = b""
        for frame in self._frames(script, body):
            if isinstance(frame, Break):
                await _send(send, pending)
                if frame is Break.HANG:
                    await self._hang(receive)
                return  # without the end of the response: the server cuts the connection
            pending += frame
            size = self.frame_bytes or len(pending)
            while len(pending) >= size > 0:
                await _send(send, pending[:size])
                pending = pending[size:]
        await send({"type": "http.response.body", "body": pending})

    def _frames(self, script: _Script, body: Mapping[str, Any]) -> list[bytes | Break]:
        frames: list[bytes | Break] = [event("messageStart", {"role": "assistant", "p": "abcdefgh"})]
        said = ""
        for part in script.parts:
            if isinstance(part, str):
                said += part
                frames.append(_delta(part))
            elif isinstance(part, Fault):
                return [*frames, exception(part.name, part.message)]
            elif part is Break.UNKNOWN:
                frames.append(event("somethingNew", {"p": "abc"}))
            else:
                return frames + _broken(part)
        frames.append(event("contentBlockStop", {"contentBlockIndex": 0, "p": "ab"}))
        frames.append(event("messageStop", {"stopReason": script.stop_reason, "p": "abcd"}))
        if script.usage:
            metadata = {"usage": self._usage(body, said), "metrics": {"latencyMs": 12}, "p": "a"}
            frames.append(event("metadata", metadata))
        return frames

    def _usage(self, body: Mapping[str, Any], said: str) -> dict[str, int]:
        """Tokens by length; what stands before a cache point is written to the cache, and read the next time."""
        least = self.models[body["modelId"]].least_cached
        blocks = [*body.get("system", []), *(block for message in body["messages"] for block in message["content"])]
        total = read = written = 0
        prefix = hashlib.sha256(body["modelId"].encode())
        for block in blocks:
            if "cachePoint" not in block:
                encoded = json.dumps(block).encode()
                prefix.update(encoded)
                total += -(-len(encoded) // _BYTES_PER_TOKEN)
            elif total >= least:
                known = prefix.hexdigest() in self._cached
                read, written = (total, written) if known else (read, total - read)
                self._cached.add(prefix.hexdigest())
        output = -(-len(said.encode()) // _BYTES_PER_TOKEN)
        return {
            "inputTokens": total - read - written,
            "outputTokens": output,
            "totalTokens": total + output,
            "cacheReadInputTokens": read,
            "cacheWriteInputTokens": written,
        }


def _delta(text: str) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}, "p": "abcdef"})


def _broken(part: Break) -> list[bytes | Break]:
    """The last frames of a stream that breaks."""
    frame = _delta("never to be seen whole")
    endings: Mapping[Break, list[bytes | Break]] = {
        Break.HANG: [Break.HANG],
        Break.CUT: [frame[:20], Break.CUT],
        Break.TRUNCATED: [frame[:20]],
        Break.CORRUPT: [corrupted(frame)],
        Break.GARBLED: [event("contentBlockDelta", b"{no JSON")],
        Break.MISSHAPEN: [event("messageStop", {"p": "abc"})],
        Break.ENDED: [],
        Break.SILENT_END: [event("messageStop", {"stopReason": "end_turn"}), Break.HANG],
    }
    return endings[part]


async def _send(send: Send, chunk: bytes) -> None:
    if chunk:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await asyncio.sleep(0)


def _refusal(refused: Refused) -> JSONResponse:
    return JSONResponse(
        {"message": refused.message},
        refused.status,
        {"x-amzn-ErrorType": f"{refused.code}:http://internal.amazon.com/coral/com.amazon.bedrock/"},
    )


@asynccontextmanager
async def fake_bedrock() -> AsyncIterator[Bedrock]:
    """A fake on a free port, with models, a guardrail and one key."""
    bedrock = Bedrock()
    app = Starlette(routes=[Route("/model/{model_id:path}/converse-stream", bedrock, methods=["POST"])])
    async with served(app) as url:
        bedrock.url = url
        yield bedrock
