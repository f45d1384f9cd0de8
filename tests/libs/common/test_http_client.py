"""Calls between services: what is tried again, and what a caller learns of a refusal."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import BaseModel

from libs.common.http_client import ServiceHttp, ServiceRefused, ServiceUnavailable
from libs.common.problems import NotFound, Problem
from libs.common.security.assertions import AssertionSigner
from tests.support.identities import SERVICE_KEYS


class Note(BaseModel):
    text: str


class Callee:
    """Answers in turn what it is told to, and then `{"text": "done"}`."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.calls = 0

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.calls += 1
        answer = self.answers.pop(0) if self.answers else httpx.Response(200, json={"text": "done"})
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def _to(callee: Callable[[httpx.Request], httpx.Response]) -> AsyncIterator[ServiceHttp]:
    signer = AssertionSigner("ai", SERVICE_KEYS["ai"])
    http = ServiceHttp("sample", "http://sample", signer, transport=httpx.MockTransport(callee))
    try:
        yield http
    finally:
        await http.aclose()


LOST = [httpx.Response(503), httpx.Response(504), httpx.ReadError("broken")]


@pytest.mark.parametrize("failure", LOST, ids=lambda one: getattr(one, "status_code", type(one).__name__))
async def test_reading_and_what_may_be_repeated_are_tried_twice(failure: httpx.Response | Exception) -> None:
    for repeatable in (True, False):
        callee = Callee(failure)
        async with _to(callee) as http:
            answer = (
                await http.post("/notes", Note(text="x"), Note, repeatable=True)
                if repeatable
                else await http.get("/notes", Note)
            )
        assert (answer.text, callee.calls) == ("done", 2)


async def test_what_may_have_an_effect_is_tried_once() -> None:
    callee = Callee(httpx.Response(503))
    async with _to(callee) as http:
        with pytest.raises(ServiceUnavailable):
            await http.post("/notes", Note(text="x"), Note)
    assert callee.calls == 1


async def test_a_refusal_is_not_tried_again_and_says_why() -> None:
    document = {"code": "limit_reached", "limit": 3}
    callee = Callee(httpx.Response(409, json=document))
    async with _to(callee) as http:
        with pytest.raises(ServiceRefused) as refused:
            await http.post("/notes", Note(text="x"), Note, repeatable=True)
    assert (refused.value.document, callee.calls) == (document, 1)


@pytest.mark.parametrize(("status", "problem"), [(404, NotFound), (403, Problem), (422, Problem)])
async def test_any_other_refusal_is_a_problem_of_its_own(status: int, problem: type[Problem]) -> None:
    callee = Callee(httpx.Response(status, json={"code": "x"}))
    async with _to(callee) as http:
        with pytest.raises(problem):
            await http.get("/notes", Note)
    assert callee.calls == 1
