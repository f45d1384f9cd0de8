"""Bounds what comes before a request's body, where no middleware sees it yet: uvicorn limits neither.

A head may have so many bytes and headers, and must arrive in time (RFC 6585 §5, RFC 9110 §15.5.9). What cannot be
parsed is answered by a problem document too.
"""

import asyncio
from contextvars import Context
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from libs.common.ids import new_id
from libs.common.middleware.deadlines import RequestTimeout
from libs.common.problems import MEDIA_TYPE, BadRequest, Problem, problem_body
from libs.common.request_context import set_request_id

MAX_HEAD_BYTES = 32_768
MAX_HEADERS = 100
HEAD_SECONDS = 10.0


class HeadTooLarge(Problem):
    status, code, title = 431, "request_head_too_large", "The request's headers are too large"
    default_detail = f"Send at most {MAX_HEADERS} headers and {MAX_HEAD_BYTES} bytes before the body."


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol for the public door. Its timer runs only while a head is awaited."""

    head_seconds = HEAD_SECONDS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_open = False
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._too_large(data):
            self._refuse(HeadTooLarge())
            return
        super().data_received(data)
        if self._head_open:
            self._head_bytes = self._head_bytes or len(data)
            if self._head_timer is None:
                self._await_head()

    def on_message_begin(self) -> None:
        self._head_open = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_open = False
        self._head_bytes = 0
        if self._head_timer is not None:
            self._stop_timer()
        if len(self.headers) > MAX_HEADERS:
            raise HeadTooLarge
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        too_many = len(self.headers or ()) > MAX_HEADERS
        self._refuse(HeadTooLarge() if too_many else BadRequest("This is not a valid HTTP/1.1 request."))

    def _too_large(self, data: bytes) -> bool:
        if self._head_open:
            self._head_bytes += len(data)
            return self._head_bytes > MAX_HEAD_BYTES
        if len(data) <= MAX_HEAD_BYTES or (self.cycle is not None and self.cycle.more_body):
            return False
        return data.find(b"\r\n\r\n", 0, MAX_HEAD_BYTES) < 0

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self.head_seconds, self._refuse, RequestTimeout())

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, problem: Problem) -> None:
        if self.transport.is_closing():
            return
        body = Context().run(_document, problem)
        self.transport.write(
            f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode()
        )
        self.transport.write(body)
        self.transport.close()


def _document(problem: Problem) -> bytes:
    set_request_id(str(new_id()))
    return problem_body(problem)
