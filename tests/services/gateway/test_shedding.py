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


def test_a_moment_in_which_the_machine_paused_sheds_nothing() -> None:
    shedder = Shedder(most_waiting=3, most_lag=0.2)
    for late in (0.0, 5.0, 0.0, 0.3, 0.3, 0.0):
        shedder.note(late)
        assert _fits(shedder) == 3
        for _ in range(3):
            shedder.leave()


def test_a_loop_that_is_late_each_time_sheds_until_it_is_in_time() -> None:
    shedder = Shedder(most_waiting=3, most_lag=0.2)
    for late in (0.3, 0.5, 0.3):
        shedder.note(late)
    assert _fits(shedder) == 0
    assert _fits(shedder, shed_last=True) == 6
    shedder.note(0.0)
    shedder.leave()
    assert shedder.lag == 0


async def test_the_watch_sees_how_late_the_loop_is() -> None:
    shedder = Shedder(most_waiting=3, most_lag=0.2)
    watching = asyncio.create_task(shedder.watch())

    async def hinder() -> bool:
        time.sleep(0.4)  # noqa: ASYNC251 - the very thing that the shedder is to notice
        return shedder.lag > 0.2

    await eventually(hinder, interval=0)
    with pytest.raises(Overloaded):
        shedder.enter(shed_last=False)
    await eventually(lambda: shedder.lag <= 0.2)
    shedder.enter(shed_last=False)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
