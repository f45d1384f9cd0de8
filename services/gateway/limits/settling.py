"""Settles local counts with Valkey, so that several gateways enforce one limit. Without Valkey each counts alone."""

import asyncio
import time
from collections.abc import Sequence

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.gateway.limits.counter import Count, SlidingCounter

logger = structlog.get_logger()


async def settle(counter: SlidingCounter, valkey: Redis, now: float) -> None:
    """Adds what was counted here to the shared counts and takes over the sums.

    Raises:
        RedisError, OSError: nothing was taken over; the counts stay and are told the next time.
    """
    entries = [(key, count, count.window, count.pending) for key, count in counter.unsettled(now)]
    if not entries:
        return
    pipeline = valkey.pipeline(transaction=False)
    for key, _, window, pending in entries:
        name = f"limits:{counter.policy.name}:{key}:{window}"
        pipeline.incrby(name, pending)
        pipeline.expire(name, counter.policy.window * 2)
        pipeline.get(f"limits:{counter.policy.name}:{key}:{window - 1}")
    answers = await pipeline.execute()
    for (_, count, window, told), total, previous in zip(entries, answers[0::3], answers[2::3], strict=True):
        _take_over(count, window, told, int(total), int(previous or 0))


def _take_over(count: Count, window: int, told: int, total: int, previous: int) -> None:
    if count.window != window:
        return  # the window turned while Valkey answered
    count.settled = total
    count.pending -= told
    count.previous = max(count.previous, previous)


async def keep_settling(counters: Sequence[SlidingCounter], valkey: Redis, *, every: float = 1) -> None:
    """Settles until cancelled."""
    reachable = True
    while True:
        await asyncio.sleep(every)
        try:
            for counter in counters:
                await settle(counter, valkey, time.time())
        except (RedisError, OSError) as error:
            if reachable:
                logger.warning("limits.settling_failed", error=type(error).__name__)
            reachable = False
        else:
            reachable = True
