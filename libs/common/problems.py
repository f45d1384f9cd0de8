"""Errors that callers see, as problem documents (RFC 9457).

Problem
├── BadRequest 400 ── BadCursor
├── Unauthenticated 401
├── Forbidden 403 ── ReadOnlyTenant, SuspendedTenant
├── NotFound 404
├── Conflict 409
├── Gone 410
├── PayloadTooLarge 413
├── Unprocessable 422
├── RateLimited 429
└── Unavailable 503 ── Busy
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Match

from libs.common.request_context import current_request_id

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """What is wrong with one field; `pointer` is a JSON pointer into the request (RFC 6901)."""

    pointer: str
    code: str
    message: str
    params: dict[str, Any] = {}


class ProblemDocument(BaseModel):
    """The body of every answer that is not a success (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FieldError] = []


class Problem(Exception):
    """Base of all errors that a caller may see. `code` is stable; `detail` says what to do next."""

    status: ClassVar[int] = 500
    code: str = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"
    default_detail: ClassVar[str] = "We have been told. Try again in a moment; quote the request id if it stays."

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.detail = detail or self.default_detail
        self.code = code or type(self).code
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        super().__init__(f"{self.code}: {self.detail}")


class BadRequest(Problem):
    status, code, title = 400, "bad_request", "The request cannot be understood"
    default_detail = "Compare the request with the API's documentation."


class BadCursor(BadRequest):
    code = "bad_cursor"
    default_detail = "The cursor does not belong to this list. Start again without a cursor."


class Unauthenticated(Problem):
    status, code, title = 401, "unauthenticated", "Sign in first"
    default_detail = "Send a valid access token as `Authorization: Bearer …`; refresh it if it has expired."

    def __init__(self, detail: str | None = None, *, code: str | None = None) -> None:
        super().__init__(detail, code=code, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    status, code, title = 403, "forbidden", "You may not do this"
    default_detail = "Your role does not allow this. Ask an owner or admin of the business."


class ReadOnlyTenant(Forbidden):
    code = "tenant_read_only"
    default_detail = "This business is read-only until its payment is settled. Choose a plan or pay the open invoice."


class SuspendedTenant(Forbidden):
    code = "tenant_suspended"
    default_detail = "This business is suspended. Choose a plan or pay the open invoice to use it again."


class NotFound(Problem):
    status, code, title = 404, "not_found", "Not found"
    default_detail = "There is nothing here that you can see. Check the address."


class Conflict(Problem):
    status, code, title = 409, "conflict", "This does not fit the present state"
    default_detail = "Read the present state and try again."


class Gone(Problem):
    status, code, title = 410, "gone", "No longer available"
    default_detail = "What you ask for was removed."


class PayloadTooLarge(Problem):
    status, code, title = 413, "payload_too_large", "The request is too large"
    default_detail = "Send a smaller body."


class Unprocessable(Problem):
    status, code, title = 422, "invalid_request", "Some fields are not valid"
    default_detail = "Correct the fields listed under `errors` and send the request again."


class RateLimited(Problem):
    """Too many requests; `retry_after` is in seconds."""

    status, code, title = 429, "rate_limited", "Too many requests"
    default_detail = "Wait as long as `Retry-After` says and try again."

    def __init__(self, detail: str | None = None, *, retry_after: float = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, round(retry_after)))})


class Unavailable(Problem):
    """Something this answer needs is down; `retry_after` is in seconds."""

    status, code, title = 503, "unavailable", "Temporarily unavailable"
    default_detail = "Nothing was changed. Wait as long as `Retry-After` says and try again."

    def __init__(self, detail: str | None = None, *, code: str | None = None, retry_after: float = 2) -> None:
        super().__init__(detail, code=code, headers={"Retry-After": str(max(1, round(retry_after)))})


def problem_body(problem: Problem) -> bytes:
    """The problem document as JSON bytes."""
    document = ProblemDocument(
        title=problem.title,
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
        request_id=current_request_id(),
        errors=problem.errors,
    )
    return orjson.dumps(document.model_dump() | problem.extra)


def problem_response(problem: Problem) -> Response:
    """The problem as an HTTP response."""
    return Response(problem_body(problem), problem.status, problem.headers, MEDIA_TYPE)


def problem_responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an endpoint that may answer with these problems; for OpenAPI."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        known = by_status.setdefault(
            problem.status, {"model": ProblemDocument, "description": problem.title, "codes": []}
        )
        known["codes"].append(problem.code)
    return {
        status: {
            "description": f"{entry['description']} ({', '.join(f'`{code}`' for code in entry['codes'])})",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
        for status, entry in by_status.items()
    }


def _pointer(location: Sequence[str | int]) -> str:
    source, *path = location
    prefix = "" if source == "body" else f"/{source}"
    return prefix + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def unprocessable_from(error: RequestValidationError) -> Unprocessable:
    """Pydantic's complaints as field errors; the rejected input is not echoed."""
    return Unprocessable(
        errors=[
            FieldError(
                pointer=_pointer(entry["loc"]),
                code=entry["type"],
                message=entry["msg"],
                params={
                    key: value for key, value in entry.get("ctx", {}).items() if isinstance(value, str | int | float)
                },
            )
            for entry in error.errors()
        ]
    )


async def _answer_problem(_request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return problem_response(error)


async def _answer_validation(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return problem_response(unprocessable_from(error))


_BY_STATUS: dict[int, type[Problem]] = {
    problem.status: problem
    for problem in (
        BadRequest,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        Gone,
        PayloadTooLarge,
        Unprocessable,
    )
}


def _allowed_methods(request: Request) -> str:
    """What every route of this path takes together; Starlette names the methods of the first alone."""
    routes = iter_route_contexts(request.app.routes)
    methods = [route.methods or set() for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted(set[str]().union(*methods)))


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    known = _BY_STATUS.get(error.status_code)
    if known is not None:
        return problem_response(known())
    headers = {"Allow": _allowed_methods(request)} if error.status_code == 405 else error.headers
    problem = Problem(code=HTTPStatus(error.status_code).name.lower(), detail=str(error.detail), headers=headers)
    response = problem_response(problem)
    response.status_code = error.status_code
    return response


def install_problem_handlers(app: FastAPI) -> None:
    """Makes every error of `app` a problem document: ours and FastAPI's."""
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_validation)
    app.add_exception_handler(HTTPException, _answer_http_exception)
