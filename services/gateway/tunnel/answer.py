"""The head of messaging's answer to an opening request, and the gateway's own refusals, as bytes."""

import re
from contextvars import Context
from dataclasses import dataclass
from http import HTTPStatus

from libs.common.middleware.security_headers import API_HEADERS
from libs.common.problems import MEDIA_TYPE, Problem, problem_body
from libs.common.request_context import set_request_id

SWITCHING = 101
MOST_HEAD_BYTES = 16_384
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})[^\r\n]*")
_DROPPED = frozenset({b"date", b"server", b"x-powered-by", b"x-request-id", *(name for name, _ in API_HEADERS)})


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """`head` as clients get it, and the bytes that came after it."""

    status: int
    head: bytes
    rest: bytes


def read_answer(received: bytes, request_id: str) -> AnswerHead | None:
    """The answer's head, or None while it is not whole.

    Raises:
        ValueError: this is no answer to an opening request.
    """
    head, end, rest = received.partition(b"\r\n\r\n")
    if not end:
        if len(received) > MOST_HEAD_BYTES:
            raise ValueError("the head is too long")
        return None
    line, *lines = head.split(b"\r\n")
    match = _STATUS.fullmatch(line)
    if match is None:
        raise ValueError("no status line")
    status = int(match[1])
    kept = [one for one in lines if one.partition(b":")[0].strip().lower() not in _DROPPED]
    kept.append(b"x-request-id: " + request_id.encode())
    if status != SWITCHING:
        kept += [b"%b: %b" % pair for pair in API_HEADERS]
    return AnswerHead(status, b"\r\n".join([line, *kept]) + b"\r\n\r\n", rest)


def refusal(problem: Problem, request_id: str) -> bytes:
    """A whole answer that refuses."""
    body = Context().run(_document, problem, request_id)
    fields = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "connection": "close",
        "x-request-id": request_id,
        **{name.lower(): value for name, value in problem.headers.items()},
    }
    lines = [f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    security = b"".join(b"%b: %b\r\n" % pair for pair in API_HEADERS)
    return "\r\n".join(lines).encode() + b"\r\n" + security + b"\r\n" + body


def _document(problem: Problem, request_id: str) -> bytes:
    set_request_id(request_id)
    return problem_body(problem)
