"""Passes one HTTP request on to a machine and streams its answer back, as an application load balancer does."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import aiohttp
from multidict import CIMultiDict
from starlette.types import Message, Receive, Scope, Send
from yarl import URL

# RFC 9110 §7.6.1: fields that belong to one hop; the length and coding of the body are set anew.
HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te"}
    | {b"trailer", b"transfer-encoding", b"upgrade"}
)
BODY_END: Message = {"type": "http.response.body", "body": b"", "more_body": False}


class TargetDown(Exception):
    """The machine took no connection, so the request may be sent to another one."""


class AnswerBroken(Exception):
    """The machine failed in the middle: before (`started` false) or after the answer's head was sent on."""

    def __init__(self, *, started: bool) -> None:
        super().__init__(started)
        self.started = started


async def forward(session: aiohttp.ClientSession, port: int, scope: Scope, receive: Receive, send: Send) -> None:
    """Raises TargetDown with nothing sent or received yet, AnswerBroken later."""
    body = _RequestBody(receive, has_body=_has_body(scope["headers"]))
    started = False
    try:
        async with session.request(
            scope["method"],
            _url(scope, port),
            headers=_request_headers(scope),
            data=body.chunks() if body.has_body else None,
            allow_redirects=False,
        ) as reply:
            started = True
            await send(
                {"type": "http.response.start", "status": reply.status, "headers": _end_to_end(reply.raw_headers)}
            )
            await _stream_unless_gone(reply, body, send)
    except aiohttp.ClientConnectorError as error:
        if body.touched:
            raise AnswerBroken(started=False) from error
        raise TargetDown from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise AnswerBroken(started=started) from error


class _RequestBody:
    """The request's body as it arrives; `touched` once any of it was taken."""

    def __init__(self, receive: Receive, *, has_body: bool) -> None:
        self._receive = receive
        self.has_body = has_body
        self.touched = False
        self.complete = not has_body

    async def chunks(self) -> AsyncIterator[bytes]:
        while not self.complete:
            self.touched = True
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise aiohttp.ClientConnectionError("the client went away")
            self.complete = not message.get("more_body", False)
            if chunk := message.get("body", b""):
                yield chunk

    async def client_gone(self) -> None:
        """Returns when the client hung up; not to be called before the body is complete."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _stream_unless_gone(reply: aiohttp.ClientResponse, body: _RequestBody, send: Send) -> None:
    """An endless answer ends when nobody listens any more."""
    streaming = asyncio.ensure_future(_stream(reply, send))
    watching = asyncio.ensure_future(body.client_gone()) if body.complete else None
    try:
        await asyncio.wait({each for each in (streaming, watching) if each}, return_when=asyncio.FIRST_COMPLETED)
        if streaming.done():
            await streaming
    finally:
        for each in (streaming, watching):
            if each is not None:
                each.cancel()
        await asyncio.gather(*(each for each in (streaming, watching) if each), return_exceptions=True)


async def _stream(reply: aiohttp.ClientResponse, send: Send) -> None:
    async for chunk in reply.content.iter_any():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send(BODY_END)


def _url(scope: Scope, port: int) -> URL:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    target = (path + b"?" + query if query else path).decode("latin-1")
    return URL(f"http://127.0.0.1:{port}{target}", encoded=True)


def _has_body(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"transfer-encoding" or (name == b"content-length" and value != b"0") for name, value in headers)


def _request_headers(scope: Scope) -> CIMultiDict[str]:
    """The client's headers and what the load balancer adds (ELB User Guide, "HTTP headers")."""
    kept = CIMultiDict(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in _end_to_end(scope["headers"])
    )
    client = scope.get("client")
    before = kept.popall("x-forwarded-for", [])
    kept["X-Forwarded-For"] = ", ".join([*before, client[0] if client else "127.0.0.1"])
    kept["X-Forwarded-Proto"] = "http"
    kept["X-Forwarded-Port"] = str(scope["server"][1]) if scope.get("server") else "80"
    return kept


def _end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    listed = [(name.lower(), value) for name, value in headers]
    named = {each.strip().lower() for name, value in listed if name == b"connection" for each in value.split(b",")}
    return [(name, value) for name, value in listed if name not in HOP_BY_HOP and name not in named]
