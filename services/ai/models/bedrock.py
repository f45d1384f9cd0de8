"""Models of Amazon Bedrock, asked by ConverseStream.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from struct import error as StructError  # noqa: N812 - as every other exception
from typing import Any, Protocol

import aiohttp
from botocore.eventstream import ParserError
from botocore.exceptions import BotoCoreError, ClientError, EventStreamError

from libs.adapters.aws import aws_client, error_code, is_transient
from services.ai.models.converse import converse_request
from services.ai.models.errors import ModelBroke, ModelError, ModelMisconfigured, ModelRefused, ModelUnavailable
from services.ai.models.pacing import Pace, paced, read_to_the_end
from services.ai.models.port import ModelEvent, ModelRequest, Reason, TextDelta, Usage
from services.ai.models.prompt import prompt_of
from services.ai.models.settings import BedrockModelSettings
from services.ai.models.told import Told

_REASONS: Mapping[str, Reason] = {
    "end_turn": "complete",
    "stop_sequence": "complete",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
    "guardrail_intervened": "guardrail",
    "content_filtered": "filtered",
}
_REFUSED = "ValidationException"
_UNKNOWN_MODEL = "model identifier"  # in the text of a ValidationException: our settings are wrong, not the question
_BUSY_STATUS = frozenset({408, 424, 429})
# What reading an event stream raises when it is cut, damaged, or not what its description says.
_BROKEN_STREAM = (
    aiohttp.ClientError,
    BotoCoreError,
    EventStreamError,
    KeyError,
    OSError,
    ParserError,
    StructError,
    TypeError,
    ValueError,
)


class _Stream(Protocol):
    def __aiter__(self) -> AsyncIterator[Mapping[str, Any]]: ...

    def close(self) -> None: ...


class _Converses(Protocol):
    async def converse_stream(self, **request: Any) -> Mapping[str, Any]: ...


class BedrockModel:
    """One model of Bedrock."""

    def __init__(self, client: _Converses, settings: BedrockModelSettings) -> None:
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
        asked = self._events(converse_request(prompt, request.most_tokens, self._settings))
        try:
            async with aclosing(paced(asked, self._pace, self.name)) as events:
                async for event in events:
                    text = self._read(event, told)
                    if text:
                        yield TextDelta(text=text)
                    if told.is_whole:
                        await read_to_the_end(events)
        except ModelError:
            if told.reason is None:
                raise
        yield told.finished()

    async def _events(self, request: dict[str, Any]) -> AsyncGenerator[Mapping[str, Any], None]:
        with self._errors_of_call():
            response = await self._client.converse_stream(**request)
        stream: _Stream = response["stream"]
        try:
            with self._errors_of_stream():
                async for event in stream:
                    yield event
        finally:
            stream.close()  # closes the connection, unless all was read

    def _read(self, event: Mapping[str, Any], told: Told) -> str:
        """The event's text, if it has any; the rest goes into `told`. Kinds of events that are not known are left."""
        try:
            if "contentBlockDelta" in event:
                text = str(event["contentBlockDelta"]["delta"].get("text", ""))
                told.answer_bytes += len(text.encode())
                return text
            if "messageStop" in event:
                told.reason = _REASONS[event["messageStop"]["stopReason"]]
            elif "metadata" in event:
                told.usage = _usage(event["metadata"]["usage"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelBroke(self.name) from error
        return ""

    @contextmanager
    def _errors_of_call(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._refusal(error) from error
        except BotoCoreError as error:
            raise (ModelUnavailable if is_transient(error) else ModelMisconfigured)(self.name) from error
        except (aiohttp.ClientError, OSError) as error:
            raise ModelUnavailable(self.name) from error

    def _refusal(self, error: ClientError) -> ModelError:
        code, status = error_code(error), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code == _REFUSED and _UNKNOWN_MODEL not in str(error):
            return ModelRefused(self.name, vendor_code=code)
        if is_transient(error) or status in _BUSY_STATUS:
            return ModelUnavailable(self.name, vendor_code=code)
        return ModelMisconfigured(self.name, vendor_code=code)

    @contextmanager
    def _errors_of_stream(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN_STREAM as error:
            code = error_code(error) if isinstance(error, EventStreamError) else ""
            refused = code.lower() == _REFUSED.lower()  # in a stream, names begin with a small letter
            raise (ModelRefused if refused else ModelBroke)(self.name, vendor_code=code) from error


def _usage(told: Mapping[str, Any]) -> Usage:
    return Usage(
        input_tokens=int(told["inputTokens"]),
        output_tokens=int(told["outputTokens"]),
        cache_read_tokens=int(told.get("cacheReadInputTokens", 0)),
        cache_write_tokens=int(told.get("cacheWriteInputTokens", 0)),
    )


@asynccontextmanager
async def open_bedrock(settings: BedrockModelSettings) -> AsyncIterator[BedrockModel]:
    """A model with a client that lives as long as the process. Retries and time limits are ours, not the SDK's."""
    async with aws_client(
        "bedrock-runtime",
        settings.aws.model_copy(update={"max_attempts": 1}),
        read_timeout=settings.whole_timeout,
        max_connections=settings.max_connections,
    ) as client:
        yield BedrockModel(client, settings)
