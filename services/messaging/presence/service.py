"""Who is here, as all nodes tell Valkey: a sorted set for each person, with a member for each node, by when it expires.

A node that dies takes nobody's word back; what it said expires. Valkey may be flushed: each node says it again.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

from redis.asyncio import Redis

from libs.adapters.cache import tenant_key
from libs.common.database import Database
from services.messaging.members import repository as members
from services.messaging.presence import repository

TOLD_SECONDS = 50
"""How long what a node said holds; it says it again every twenty seconds."""
Part = TypeVar("Part")
Here = Literal["active", "away"]
State = Literal["active", "away", "offline"]
Place = tuple[UUID, UUID]
"""A tenant's id and a person's."""
AT_ONCE = 40
"""People in one pipeline: it is packed and read without a pause, in which no socket is served."""


def presence_channel(place: Place) -> str:
    """Where nodes tell that somebody's presence changed."""
    return tenant_key(place[0], "presence", str(place[1]))


async def tell(cache: Redis, node: str, people: Mapping[Place, Here | None], *, ring: bool) -> None:
    """What this node knows of its people; None for who left it. With `ring`, the nodes that show them look at once.

    Raises:
        RedisError, OSError
    """
    until = time.time() + TOLD_SECONDS
    for some in _parts(list(people.items())):
        pipeline = cache.pipeline(transaction=False)
        for place, state in some:
            key = _key(place)
            if state is None:
                pipeline.zrem(key, f"{node}|active", f"{node}|away")
            else:
                pipeline.zadd(key, {f"{node}|{state}": until})
                pipeline.zrem(key, f"{node}|{'away' if state == 'active' else 'active'}")
                pipeline.expire(key, 2 * TOLD_SECONDS)
            if ring:
                pipeline.publish(presence_channel(place), b"")
        await pipeline.execute()


async def states(cache: Redis, places: Sequence[Place]) -> dict[Place, State]:
    """How people are, over all nodes and devices: active where any says so.

    Raises:
        RedisError, OSError
    """
    now = time.time()
    found: dict[Place, State] = {}
    for some in _parts(places):
        pipeline = cache.pipeline(transaction=False)
        for place in some:
            pipeline.zrangebyscore(_key(place), now, "+inf")
        told: list[list[str]] = await pipeline.execute()
        found |= {place: _state(said) for place, said in zip(some, told, strict=True)}
    return found


async def colleagues(database: Database, tenant_id: UUID, user_ids: Sequence[UUID]) -> dict[UUID, datetime | None]:
    """Those of `user_ids` who work in the business, with when they were last seen."""
    async with database.tenant_session(tenant_id) as session:
        known = await members.active_among(session, user_ids)
        seen = await repository.last_seen(session, known)
    return {user_id: seen.get(user_id) for user_id in user_ids if user_id in known}


def _parts(all_of_them: Sequence[Part]) -> Iterator[Sequence[Part]]:
    return (all_of_them[start : start + AT_ONCE] for start in range(0, len(all_of_them), AT_ONCE))


def _key(place: Place) -> str:
    return tenant_key(place[0], "present", str(place[1]))


def _state(said: list[str]) -> State:
    here = {entry.rpartition("|")[2] for entry in said}
    return "active" if "active" in here else "away" if here else "offline"
