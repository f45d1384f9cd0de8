"""Requests are counted in windows that slide, and settled with what other gateways counted."""

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from libs.common.ids import new_id
from services.gateway.limits.counter import Policy, SlidingCounter
from services.gateway.limits.settling import settle

START = 1_800_000_000.0


def _counter(*, quota: int = 4, name: str = "address") -> SlidingCounter:
    return SlidingCounter(Policy(name=name, quota=quota, window=60))


def _allowed(counter: SlidingCounter, at: float, times: int, key: str = "a") -> int:
    return sum(counter.hit(key, START + at).allowed for _ in range(times))


def test_a_key_gets_its_quota_and_no_more() -> None:
    counter = _counter()
    assert _allowed(counter, 0, 10) == 4
    assert _allowed(counter, 0, 10, key="b") == 4


def test_the_verdict_says_what_remains() -> None:
    verdict = _counter().hit("a", START)
    assert (verdict.allowed, verdict.remaining, verdict.reset) == (True, 3, 61)


def test_a_burst_across_the_edge_of_two_windows_does_not_double_the_quota() -> None:
    counter = _counter(quota=100)
    assert _allowed(counter, 59, 100) == 100
    assert _allowed(counter, 60.5, 100) <= 1


def test_the_last_window_fades_as_time_passes() -> None:
    counter = _counter(quota=100)
    _allowed(counter, 59, 100)
    assert 45 <= _allowed(counter, 90, 100) <= 50
    assert _allowed(counter, 300, 200) == 100


def test_waiting_as_long_as_told_is_enough() -> None:
    counter = _counter(quota=10)
    _allowed(counter, 50, 10)
    refused = counter.hit("a", START + 61)
    assert not refused.allowed
    assert counter.hit("a", START + 61 + refused.reset).allowed


def test_refused_requests_do_not_prolong_the_wait() -> None:
    counter = _counter()
    _allowed(counter, 0, 1000)
    assert _allowed(counter, 120, 1) == 1


def test_keys_that_are_long_quiet_are_forgotten_and_many_keys_stay_bounded() -> None:
    counter = SlidingCounter(Policy(name="address", quota=4, window=60), most_keys=100)
    for index in range(1000):
        counter.hit(str(index), START)
    assert len(counter.unsettled(START)) == 100
    assert counter.unsettled(START + 600) == []


async def test_two_gateways_enforce_one_limit_once_they_have_settled(valkey_url: str) -> None:
    key, one, other = str(new_id()), _counter(), _counter()
    async with Redis.from_url(valkey_url) as valkey:
        assert _allowed(one, 0, 3, key) == 3
        await settle(one, valkey, START)
        assert _allowed(other, 0, 1, key) == 1
        await settle(other, valkey, START)
        assert _allowed(other, 0, 1, key) == 0
        assert _allowed(one, 1, 5, key) == 1  # it has not yet heard of the other
        await settle(one, valkey, START + 1)
        assert _allowed(one, 1, 5, key) == 0


async def test_a_gateway_that_starts_learns_what_was_counted_before_it(valkey_url: str) -> None:
    key, before, after = str(new_id()), _counter(quota=100), _counter(quota=100)
    async with Redis.from_url(valkey_url) as valkey:
        _allowed(before, 59, 100, key)
        await settle(before, valkey, START + 59)
        _allowed(after, 61, 1, key)
        await settle(after, valkey, START + 61)
        assert _allowed(after, 61, 10, key) == 0


async def test_what_valkey_did_not_take_is_told_again(valkey_url: str) -> None:
    key, one, other = str(new_id()), _counter(), _counter()
    _allowed(one, 0, 4, key)
    async with Redis.from_url("redis://127.0.0.1:1") as nowhere:
        with pytest.raises(RedisConnectionError):
            await settle(one, nowhere, START)
    async with Redis.from_url(valkey_url) as valkey:
        await settle(one, valkey, START)
        _allowed(other, 0, 1, key)
        await settle(other, valkey, START)
        assert _allowed(other, 0, 1, key) == 0
