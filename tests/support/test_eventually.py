"""`eventually` waits for what becomes true and tells what it saw last."""

import pytest

from tests.support.eventually import eventually


async def test_it_returns_the_first_truthy_answer() -> None:
    answers = iter([None, 0, "there"])

    assert await eventually(lambda: next(answers), interval=0.001) == "there"


async def test_it_awaits_an_async_predicate() -> None:
    answers = iter([[], [1]])

    async def predicate() -> list[int]:
        return next(answers)

    assert await eventually(predicate, interval=0.001) == [1]


async def test_it_fails_with_the_last_answer_at_the_deadline() -> None:
    with pytest.raises(AssertionError, match=r"not within 0\.05 s; the last answer was \[\]"):
        await eventually(list, timeout=0.05)
