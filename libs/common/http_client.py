"""Calls between services: signed, within a time limit, behind a circuit breaker, retried where it is safe."""

from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
import stamina
from httpx_aiohttp import AiohttpTransport
from pydantic import BaseModel

from libs.common.circuit import Circuit
from libs.common.problems import NotFound, Problem, Unavailable
from libs.common.request_context import current_request_id
from libs.common.security.assertions import AssertionSigner

Answer = TypeVar("Answer", bound=BaseModel)
TRIES = 2


class _TransientFailure(Exception):
    """The call may be made again."""


class ServiceUnavailable(Unavailable):
    """Another service did not answer in time."""

    code = "service_unavailable"


class ServiceRefused(Problem):
    """Another service refused the call because of the present state (409); `document` is the problem it answered."""

    def __init__(self, name: str, document: Mapping[str, Any]) -> None:
        super().__init__(f"The service {name} refused an internal call with 409.")
        self.document = document


class ServiceHttp:
    """HTTP to the service `name` at `base_url`. One per process and callee; share it."""

    def __init__(
        self,
        name: str,
        base_url: str,
        signer: AssertionSigner,
        *,
        timeout: float = 5,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._name = name
        self._signer = signer
        self._circuit = Circuit()
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout,
            transport=transport or AiohttpTransport(),
        )

    async def get(self, path: str, answer: type[Answer], *, params: Mapping[str, str] | None = None) -> Answer:
        """Reads `path` as `answer`; tried twice.

        Raises:
            NotFound: the service says there is no such thing.
            ServiceRefused: it refuses because of the present state.
            ServiceUnavailable: it does not answer, or cannot.
        """
        return answer.model_validate(await self._called("GET", path, tries=TRIES, params=params))

    async def post(self, path: str, body: BaseModel, answer: type[Answer], *, repeatable: bool = False) -> Answer:
        """Sends `body` to `path`; tried once, because it may have an effect, or twice where that has none twice.

        Raises:
            NotFound, ServiceRefused, ServiceUnavailable: as for `get`.
        """
        tries = TRIES if repeatable else 1
        return answer.model_validate(await self._called("POST", path, tries=tries, json=body.model_dump(mode="json")))

    async def _called(self, method: str, path: str, *, tries: int, **arguments: Any) -> object:
        self._circuit.check()
        try:
            async for attempt in stamina.retry_context(
                on=_TransientFailure, attempts=tries, wait_initial=0.05, wait_max=0.2
            ):
                with attempt:
                    return await self._once(method, path, **arguments)
        except _TransientFailure as error:
            self._circuit.failed()
            raise ServiceUnavailable(f"The service {self._name} does not answer. Try again in a moment.") from error
        raise AssertionError("a retry loop ends by returning or raising")

    async def _once(self, method: str, path: str, **arguments: Any) -> object:
        headers = {
            "Authorization": f"Bearer {self._signer.assertion(self._name)}",
            "X-Request-Id": current_request_id(),
        }
        try:
            response = await self._client.request(method, path, headers=headers, **arguments)
        except httpx.HTTPError as error:
            raise _TransientFailure(str(error)) from error
        if response.status_code in {502, 503, 504}:
            raise _TransientFailure(f"{self._name} answered {response.status_code}")
        self._circuit.succeeded()
        if response.status_code == 404:
            raise NotFound
        if response.status_code == 409:
            raise ServiceRefused(self._name, response.json())
        if response.status_code >= 400:
            raise Problem(f"The service {self._name} refused an internal call with {response.status_code}.")
        return response.json()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()
