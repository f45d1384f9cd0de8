"""The platform's one OpenAPI document: fetched from the services, merged, kept for a while."""

import asyncio
from collections.abc import Mapping
from time import monotonic

import httpx
import orjson
import structlog

from services.gateway.documents.merge import Document, merge_documents

WHOLE_SECONDS = 60.0
PARTIAL_SECONDS = 3.0
DESCRIPTION = (
    "A complete, managed software stack for small businesses. Sign up with `POST /v1/auth/signup` and send the access "
    "token as `Authorization: Bearer …`. Errors are problem documents (RFC 9457) with a stable `code`."
)
logger = structlog.get_logger()


class Documents:
    """Fetches and merges. A document that lacks a service says so in `x-unavailable` and is renewed soon."""

    def __init__(
        self, http: httpx.AsyncClient, urls: Mapping[str, str], *, whole_seconds: float = WHOLE_SECONDS
    ) -> None:
        self._http = http
        self._urls = urls
        self._whole_seconds = whole_seconds
        self._fetching = asyncio.Lock()
        self._known: dict[str, Document] = {}
        self._merged: tuple[float, bytes] | None = None

    async def merged(self, own: Document) -> bytes:
        """The merged document as JSON; `own` is the gateway's."""
        async with self._fetching:
            if self._merged is None or monotonic() > self._merged[0]:
                self._merged = await self._merge(own)
            return self._merged[1]

    async def _merge(self, own: Document) -> tuple[float, bytes]:
        fetched = await asyncio.gather(*(self._fetch(name, url) for name, url in self._urls.items()))
        missing = [name for name, here in zip(self._urls, fetched, strict=True) if not here]
        documents = {"gateway": own, **{name: self._known[name] for name in self._urls if name in self._known}}
        merged = merge_documents("StackPro", "1", documents, DESCRIPTION)
        absent = [name for name in missing if name not in self._known]
        if absent:
            merged["x-unavailable"] = absent
            merged["info"]["description"] += f"\n\nNot described here, because not reachable now: {', '.join(absent)}."
        return monotonic() + (PARTIAL_SECONDS if missing else self._whole_seconds), orjson.dumps(merged)

    async def _fetch(self, name: str, url: str) -> bool:
        """Renews what is known of a service; what was known before stays when it does not answer."""
        try:
            answer = (await self._http.get(f"{url}/openapi.json")).raise_for_status()
            self._known[name] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            logger.warning("documents.fetch_failed", service=name, error=type(error).__name__)
            return False
        return True
