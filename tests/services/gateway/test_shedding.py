"""Requests are refused before too many of them hurt all."""

import asyncio
import time

import pytest

from services.gateway.shedding import Overloaded, Shedder
from tests.support.eventually import eventually


def _fits(shedder: Shedder, *, shed_last: bool = False) -> int:
    entered = 0
    try:
        while entered < 100:
            shedder.enter(shed_last=shed_last)
            entered += 1
    except Overloaded:
        pass
    return entered


def test_what_is_shed_last_has_room_when_others_have_none() -> None:
    shedder = Shedder(most_waiting=3, most_lag=1)
    assert _fits(shedder) == 3
    assert _fits(shedder, shed_last=True) == 3


def test_who_leaves_makes_room() -> None:
    shedder = Shedder(most_waiting=3, most_lag=1)
    _fits(shedder)
    shedder.leave()
    assert _fits(shedder) == 1


async def test_a_loop_that_runs_late_sheds_and_is_forgiven() -> None:
    shedder = Shedder(most_waiting=3, most_lag=0.2)
    watching = asyncio.create_task(shedder.watch())
    await asyncio.sleep(0.05)  # lets the watch begin, which nothing shows
    time.sleep(0.6)  # noqa: ASYNC251 - the very thing that the shedder is to notice
    await eventually(lambda: shedder.lag > 0.2, interval=0)
    with pytest.raises(Overloaded):
        shedder.enter(shed_last=False)
    await eventually(lambda: shedder.lag <= 0.2)
    shedder.enter(shed_last=False)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
