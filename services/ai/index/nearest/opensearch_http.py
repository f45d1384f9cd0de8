"""HTTP to OpenSearch: signed or with a password, within a time limit, behind a circuit, repeated where it may be.

Every call that is made here may be repeated: writes carry the ids of what they write.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

import httpx
import orjson
import stamina
import structlog
from httpx_aiohttp import AiohttpTransport
from pydantic import BaseModel, ConfigDict, ValidationError

from libs.adapters.aws import aws_errors
from libs.adapters.aws_signing import AwsSigner
from libs.common.circuit import Circuit, CircuitOpen
from services.ai.index.nearest.port import VectorsFailed, VectorsUnavailable
from services.ai.index.nearest.settings import OpenSearchVectorsSettings

JSON, NDJSON = "application/json", "application/x-ndjson"
CONNECT_SECONDS = 3.0
TRIES, QUERY_TRIES = 3, 2
BUSY = frozenset({429, 502, 503, 504})
"""Statuses of a request, or of a part of one, that may succeed later (OpenSearch's own thread pools answer 429)."""
Answer = TypeVar("Answer")
logger = structlog.get_logger()


class Busy(Exception):
    """The same request may succeed in a moment."""


class Refused(Exception):
    """OpenSearch does not take the request; `kind` is its own name for the error."""

    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(f"{status} {kind}: {reason}")
        self.status, self.kind = status, kind


class _Error(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: str = ""
    reason: str | None = None


class _ErrorAnswer(BaseModel):
    model_config = ConfigDict(frozen=True)

    error: _Error | str = _Error()


class OpenSearchHttp:
    """One per process."""

    def __init__(
        self, client: httpx.AsyncClient, settings: OpenSearchVectorsSettings, signer: AwsSigner | None
    ) -> None:
        self._client = client
        self._url = settings.url
        self._signer = signer
        self._circuit = Circuit()

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        lines: bytes = b"",
        timeout: float,
    ) -> bytes:
        """One try, within `timeout` seconds; `body` is sent as JSON, `lines` as they are. Returns a good answer's body.

        Raises:
            Busy, Refused
        """
        content = lines if body is None else dumped(body)
        headers = {"Content-Type": NDJSON if lines else JSON}
        url = f"{self._url}{path}"
        if self._signer is not None:
            with aws_errors({}, unavailable=VectorsUnavailable, failed=VectorsFailed):
                headers = await self._signer.headers(method, url, headers=headers, body=content)
        limits = httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout))
        try:
            # Those limits are for each part of an answer, this one is for the whole.
            async with asyncio.timeout(timeout):
                response = await self._client.request(method, url, content=content, headers=headers, timeout=limits)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Busy(repr(error)) from error
        if response.status_code in BUSY or response.status_code >= 500:
            raise Busy(f"OpenSearch answered {response.status_code}")
        if response.status_code >= 400:
            raise _refusal(response)
        return response.content

    async def repeated(self, do: Callable[[], Awaitable[Answer]], *, tries: int = TRIES) -> Answer:
        """What `do` returns, which sends one request; tried again while OpenSearch is busy or does not answer.

        Raises:
            VectorsUnavailable, VectorsFailed
        """
        try:
            self._circuit.check()
        except CircuitOpen as error:
            raise VectorsUnavailable(headers=error.headers) from None
        try:
            answer = await _tried(do, tries)
        except Busy as error:
            self._circuit.failed()
            logger.warning("vectors.unavailable", reason=str(error))
            raise VectorsUnavailable from error
        except (Refused, ValidationError) as error:
            self._circuit.succeeded()
            logger.error("vectors.refused", reason=str(error))
            raise VectorsFailed from error
        self._circuit.succeeded()
        return answer


def dumped(value: object) -> bytes:
    """As JSON. The driver's ids are of a class of their own, which the encoder does not know."""
    return orjson.dumps(value, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not sent to OpenSearch")


async def _tried(do: Callable[[], Awaitable[Answer]], tries: int) -> Answer:
    async for attempt in stamina.retry_context(on=Busy, attempts=tries, wait_initial=0.05, wait_max=1, wait_jitter=0.2):
        with attempt:
            return await do()
    raise AssertionError("a retry loop ends by returning or raising")


def _refusal(response: httpx.Response) -> Refused:
    try:
        error = _ErrorAnswer.model_validate_json(response.content).error
    except ValidationError:
        error = response.text[:200]
    if isinstance(error, str):
        return Refused(response.status_code, "", error)
    return Refused(response.status_code, error.type, error.reason or "")


@asynccontextmanager
async def open_http(settings: OpenSearchVectorsSettings) -> AsyncIterator[OpenSearchHttp]:
    """With a client that lives as long as the process. Redirects are not followed: they get no password."""
    signer = AwsSigner(settings.service, settings.aws) if settings.service != "none" else None
    auth = None
    if settings.user is not None and settings.password is not None:
        auth = httpx.BasicAuth(settings.user, settings.password.get_secret_value())
    transport = AiohttpTransport(limits=httpx.Limits(max_connections=settings.max_connections))
    async with httpx.AsyncClient(auth=auth, transport=transport) as client:
        yield OpenSearchHttp(client, settings, signer)
