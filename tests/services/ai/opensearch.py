"""A strict fake of OpenSearch with its k-NN plugin, on a port of this machine: it refuses what OpenSearch refuses.

It compares every vector, and so always finds the nearest. As there, a write is found only after a refresh, a query
deletes what a search would find, and an index that nobody made is made at the first write, without vectors. What its
answers look like stands below https://docs.opensearch.org/latest/api-reference/; only a real one proves the rest.
"""

import asyncio
import base64
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from libs.adapters.aws_settings import AwsSettings
from services.ai.index.nearest import OpenSearchVectorsSettings
from tests.services.ai.opensearch_index import Index, Refusal, nearest, new_index, parsed_query
from tests.services.ai.signatures import BadSignature, check_signature
from tests.support.http_server import served

REGION, ACCESS_KEY, SECRET_KEY = "eu-central-1", "AKIAFAKESEARCH000001", "secret-of-the-fake-search"
USER, PASSWORD = "stackpro", "password-of-the-fake-search"
PREFIX = "test-passages"
TRICKLING = 0
"""Stands for a status."""
NOTHING_MISSING: dict[str, int] = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}


@dataclass
class OpenSearch:
    """The fake: what it holds, what it was asked, and how it is to fail."""

    url: str = ""
    indexes: dict[str, Index] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Each request as `POST /_bulk`."""
    refused: list[str] = field(default_factory=list)
    left: int = 0
    """Callers that left while it was silent."""
    before_write: Callable[[], Awaitable[None]] | None = None
    """Is called as a bulk write has come, before anything is written."""
    _failing: deque[int | None] = field(default_factory=deque)
    _rejected_items: deque[tuple[int, int]] = field(default_factory=deque)
    _failing_shards: int = 0

    def settings(self, **fields: Any) -> OpenSearchVectorsSettings:
        """Those by which it is reached, signed, unless `fields` say otherwise."""
        aws = AwsSettings(region=REGION, access_key_id=SecretStr(ACCESS_KEY), secret_access_key=SecretStr(SECRET_KEY))
        given: dict[str, Any] = {"url": self.url, "aws": aws, "prefix": PREFIX, "replicas": 0, **fields}
        return OpenSearchVectorsSettings(**given)

    def will_fail(self, status: int, *, times: int = 1) -> None:
        """Answers the next requests so."""
        self._failing.extend([status] * times)

    def will_pass(self, times: int) -> None:
        """Answers the next requests as it should, before it fails as it is told after this."""
        self._failing.extend([200] * times)

    def will_hang(self, *, times: int = 1) -> None:
        """Does not answer the next requests."""
        self._failing.extend([None] * times)

    def will_trickle(self, *, times: int = 1) -> None:
        """Answers the next requests a byte at a time, and never to the end."""
        self._failing.extend([TRICKLING] * times)

    def will_reject(self, items: int, *, status: int = 429) -> None:
        """Takes all of the next bulk write but its first `items`."""
        self._rejected_items.append((items, status))

    def will_lose_shards(self, *, times: int = 1) -> None:
        """Answers the next searches by a part of the index only."""
        self._failing_shards += times

    def stored(self) -> list[dict[str, Any]]:
        """All that it holds, shown or not."""
        return [one.source for index in self.indexes.values() for one in index.written.values()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = Request(scope, receive)
        raw = await request.body()
        self.asked.append(f"{request.method} {request.url.path}")
        if self._failing and (await self._fail(self._failing.popleft(), scope, receive, send)):
            return
        try:
            _authenticate(request, raw)
            answer = await self._answer(request, raw)
        except Refusal as refusal:
            self.refused.append(str(refusal))
            await JSONResponse(refusal.body(), refusal.status)(scope, receive, send)
            return
        await JSONResponse(answer)(scope, receive, send)

    async def _fail(self, status: int | None, scope: Scope, receive: Receive, send: Send) -> bool:
        if status is None:
            while (await receive())["type"] != "http.disconnect":
                continue
            self.left += 1
            return True
        if status == TRICKLING:
            await self._trickle(receive, send)
            return True
        if status == 200:
            return False
        refusal = Refusal(status, "rejected_execution_exception", "rejected execution of the request")
        await JSONResponse(refusal.body(), status)(scope, receive, send)
        return True

    async def _trickle(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        leaving = asyncio.ensure_future(receive())
        while not leaving.done():
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.wait([leaving], timeout=0.02)
        self.left += 1

    async def _answer(self, request: Request, raw: bytes) -> dict[str, Any]:
        target, _, what = request.url.path.strip("/").partition("/")
        call = (request.method, target if target.startswith("_") else what)
        if call == ("POST", "_bulk"):
            return await self._bulk(request, raw)
        calls: dict[tuple[str, str], Callable[[], dict[str, Any]]] = {
            ("PUT", ""): lambda: self._create(target, _json(request, raw)),
            ("GET", ""): lambda: {name: self.indexes[name].described() for name in self._named(target)},
            ("POST", "_refresh"): lambda: self._refresh(target),
            ("POST", "_search"): lambda: self._search(target, _json(request, raw)),
            ("POST", "_delete_by_query"): lambda: self._delete(target, request, _json(request, raw)),
        }
        if call not in calls:
            raise Refusal(405, "", f"Incorrect HTTP method for uri [{request.url.path}] and method [{request.method}]")
        return calls[call]()

    def _named(self, target: str) -> list[str]:
        """The indexes that a name or an alias means."""
        found = [name for name, index in self.indexes.items() if name == target or target in index.aliases]
        if not found:
            raise Refusal(404, "index_not_found_exception", f"no such index [{target}]")
        return found

    def _create(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,254}", name):
            raise Refusal(400, "invalid_index_name_exception", f"Invalid index name [{name}]")
        if name in self.indexes:
            raise Refusal(400, "resource_already_exists_exception", f"index [{name}] already exists")
        self.indexes[name] = new_index(name, body)
        return {"acknowledged": True, "shards_acknowledged": True, "index": name}

    def _refresh(self, target: str) -> dict[str, Any]:
        for name in self._named(target):
            self.indexes[name].refresh()
        return {"_shards": NOTHING_MISSING}

    def _search(self, target: str, body: dict[str, Any]) -> dict[str, Any]:
        lost = self._failing_shards > 0
        self._failing_shards -= lost
        hits = nearest([self.indexes[name] for name in self._named(target)], body)
        total = {"value": len(hits), "relation": "eq"}
        return {
            "took": 1,
            "timed_out": False,
            "_shards": {**NOTHING_MISSING, "failed": int(lost)},
            "hits": {"total": total, "max_score": max((one["_score"] for one in hits), default=None), "hits": hits},
        }

    def _delete(self, target: str, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        given = dict(request.query_params)
        if unknown := given.keys() - {"conflicts", "refresh"}:
            raise Refusal(400, "illegal_argument_exception", f"request contains unrecognized parameters: {unknown}")
        if body.keys() != {"query"}:
            raise Refusal(400, "parsing_exception", "query is missing")
        matches = parsed_query(body["query"])
        deleted = conflicts = 0
        for name in self._named(target):
            done, conflicting = self.indexes[name].delete(matches)
            deleted, conflicts = deleted + done, conflicts + conflicting
            if given.get("refresh") == "true":
                self.indexes[name].refresh()
        if conflicts and given.get("conflicts") != "proceed":
            raise Refusal(409, "version_conflict_engine_exception", "version conflict")
        return {
            "took": 1,
            "timed_out": False,
            "total": deleted + conflicts,
            "deleted": deleted,
            "version_conflicts": conflicts,
            "failures": [],
        }

    async def _bulk(self, request: Request, raw: bytes) -> dict[str, Any]:
        if request.headers.get("content-type") != "application/x-ndjson":
            raise Refusal(406, "", "Content-Type header is not supported")
        if not raw.endswith(b"\n"):
            raise Refusal(400, "illegal_argument_exception", "The bulk request must be terminated by a newline [\\n]")
        lines = [_parsed(line) for line in raw[:-1].split(b"\n")]
        if len(lines) % 2:
            raise Refusal(400, "illegal_argument_exception", "Malformed action/metadata line")
        if self.before_write is not None:
            await self.before_write()
        rejected, status = self._rejected_items.popleft() if self._rejected_items else (0, 0)
        items = []
        for number, (action, source) in enumerate(zip(lines[::2], lines[1::2], strict=True)):
            if action.keys() != {"index"} or action["index"].keys() != {"_index", "_id"}:
                raise Refusal(400, "illegal_argument_exception", f"Malformed action/metadata line [{number * 2 + 1}]")
            try:
                if number < rejected:
                    raise Refusal(status, "rejected_execution_exception", "rejected execution of primary operation")
                items.append({"index": action["index"] | self._put(action["index"], source)})
            except Refusal as refusal:
                items.append({"index": action["index"] | refusal.body()})
        return {"took": 1, "errors": any("error" in one["index"] for one in items), "items": items}

    def _put(self, action: dict[str, str], source: dict[str, Any]) -> dict[str, Any]:
        index = self.indexes.setdefault(action["_index"], Index())
        created = index.put(action["_id"], source)
        return {"status": 201 if created else 200, "result": "created" if created else "updated"}


def _authenticate(request: Request, raw: bytes) -> None:
    basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if request.headers.get("authorization") == f"Basic {basic}":
        return
    try:
        check_signature(
            method=request.method,
            raw_path=request.scope["raw_path"].decode(),
            query=request.url.query,
            headers=request.headers,
            body=raw,
            keys={ACCESS_KEY: SECRET_KEY},
            region=REGION,
            service="es",
        )
    except BadSignature as error:
        raise Refusal(403, "", error.message) from error


def _json(request: Request, raw: bytes) -> dict[str, Any]:
    if request.headers.get("content-type") != "application/json":
        raise Refusal(406, "", "Content-Type header is not supported")
    return _parsed(raw)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise Refusal(400, "parse_exception", "request body is not JSON") from error
    if not isinstance(found, dict):
        raise Refusal(400, "parse_exception", "request body is no object")
    return found


@asynccontextmanager
async def fake_opensearch() -> AsyncIterator[OpenSearch]:
    """A fake on a free port, with one key and one user."""
    fake = OpenSearch()
    methods = ["GET", "PUT", "POST", "DELETE"]
    async with served(Starlette(routes=[Route("/{path:path}", fake, methods=methods)])) as url:
        fake.url = url
        yield fake
