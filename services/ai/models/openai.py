"""Models behind any endpoint that speaks OpenAI's chat completions.

Source: https://platform.openai.com/docs/api-reference/chat-streaming.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport
from pydantic import BaseModel, Field, ValidationError

from services.ai.models.errors import ModelBroke, ModelError, ModelMisconfigured, ModelRefused, ModelUnavailable
from services.ai.models.pacing import Pace, paced, read_to_the_end
from services.ai.models.port import ModelEvent, ModelRequest, Reason, TextDelta, Usage
from services.ai.models.prompt import Prompt, prompt_of
from services.ai.models.server_sent_events import BadEventStream, EventReader
from services.ai.models.settings import OpenAIModelSettings
from services.ai.models.told import Told

_DONE = "[DONE]"
_REASONS: Mapping[str, Reason] = {"stop": "complete", "length": "max_tokens", "content_filter": "filtered"}
_REFUSED_STATUS = frozenset({400, 413, 422})
_BUSY_STATUS = frozenset({408, 409, 425, 429})


class _Delta(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    index: int = 0
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _PromptDetails(BaseModel):
    cached_tokens: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)
    prompt_tokens_details: _PromptDetails | None = None


class _Chunk(BaseModel):
    """What we read of a `chat.completion.chunk`. Some servers send null for no choices in the chunk with the usage."""

    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


class OpenAIModel:
    """One model of one endpoint."""

    def __init__(self, client: httpx.AsyncClient, settings: OpenAIModelSettings) -> None:
        self._client = client
        self._settings = settings
        self._pace = Pace(first=settings.first_timeout, between=settings.between_timeout, whole=settings.whole_timeout)

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def model(self) -> str:
        return self._settings.model

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        prompt = prompt_of(request, name=self.name)
        told = Told(name=self.name, model=self.model, prompt=prompt)
        reader = EventReader()
        try:
            async with aclosing(paced(self._chunks(self._body(prompt, request)), self._pace, self.name)) as chunks:
                async for chunk in chunks:
                    for text in self._read(reader, chunk, told):
                        yield TextDelta(text=text)
                    if told.is_whole:
                        await read_to_the_end(chunks)
        except ModelError:
            if told.reason is None:
                raise
        yield told.finished()

    def _body(self, prompt: Prompt, request: ModelRequest) -> dict[str, Any]:
        """What never changes comes first: endpoints that cache do so by the longest equal beginning."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": prompt.system},
                *({"role": turn.role, "content": turn.text} for turn in prompt.turns),
                {"role": "user", "content": "\n\n".join([prompt.preface, *prompt.sources, prompt.question])},
            ],
            self._settings.tokens_field: request.most_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self._settings.temperature is not None:
            body["temperature"] = self._settings.temperature
        return body

    async def _chunks(self, body: dict[str, Any]) -> AsyncGenerator[bytes, None]:
        began = False
        try:
            async with self._client.stream(
                "POST", f"{self._settings.base_url}/chat/completions", json=body
            ) as response:
                self._check(response)
                began = True
                async for chunk in response.aiter_bytes():
                    yield chunk
        except httpx.HTTPError as error:
            raise (ModelBroke if began else ModelUnavailable)(self.name) from error

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in _REFUSED_STATUS:
            raise ModelRefused(self.name, vendor_code=str(status))
        if status in _BUSY_STATUS or status >= 500:
            raise ModelUnavailable(self.name, vendor_code=str(status))
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if status != 200 or media_type != "text/event-stream":
            raise ModelMisconfigured(self.name, vendor_code=str(status))

    def _read(self, reader: EventReader, chunk: bytes, told: Told) -> Iterator[str]:
        """The texts in `chunk`; the rest goes into `told`."""
        try:
            for data in reader.feed(chunk):
                text = "" if data == _DONE else _take(_Chunk.model_validate_json(data), told)
                if text:
                    yield text
        except (BadEventStream, ValidationError, KeyError) as error:
            raise ModelBroke(self.name) from error


def _take(chunk: _Chunk, told: Told) -> str:
    """The chunk's text. Raises KeyError for an error, or a reason to stop that is not known."""
    if chunk.error is not None:
        raise KeyError("error")
    if chunk.usage is not None:
        told.usage = _usage(chunk.usage)
    text = ""
    for choice in chunk.choices or []:
        if choice.finish_reason:
            told.reason = _REASONS[choice.finish_reason]
        text += choice.delta.content or choice.delta.refusal or ""
    told.answer_bytes += len(text.encode())
    return text


def _usage(told: _Usage) -> Usage:
    """OpenAI counts cached tokens among those of the prompt; we count them apart."""
    details = told.prompt_tokens_details
    cached = min((details.cached_tokens if details else None) or 0, told.prompt_tokens)
    return Usage(
        input_tokens=told.prompt_tokens - cached, output_tokens=told.completion_tokens, cache_read_tokens=cached
    )


@asynccontextmanager
async def open_openai(settings: OpenAIModelSettings) -> AsyncIterator[OpenAIModel]:
    """A model with a client that lives as long as the process. Redirects are not followed: they get no key."""
    headers = {"Accept": "text/event-stream"}
    if settings.key is not None:
        headers["Authorization"] = f"Bearer {settings.key.get_secret_value()}"
    transport = AiohttpTransport(limits=httpx.Limits(max_connections=settings.max_connections))
    async with httpx.AsyncClient(headers=headers, timeout=None, transport=transport) as client:  # noqa: S113 - paced
        yield OpenAIModel(client, settings)
