"""Tickets: how a browser, which cannot send headers with a WebSocket, proves itself without a token in the address.

A ticket holds for one connection and thirty seconds, and lies in Valkey under its hash.
"""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

import orjson
from redis.asyncio import Redis

from libs.adapters.cache import platform_key
from libs.common.security.tokens import AccessToken

SECONDS = 30


@dataclass(frozen=True, slots=True)
class Ticket:
    """What stands in the address as `?ticket=`."""

    text: str


async def issue(cache: Redis, token: AccessToken) -> Ticket:
    """A ticket for whoever holds `token`.

    Raises:
        RedisError, OSError
    """
    ticket = Ticket(secrets.token_urlsafe(32))
    fields = {
        "user_id": str(token.user_id),
        "tenant_id": str(token.tenant_id),
        "role": token.role,
        "scope": sorted(token.scope),
        "session_id": str(token.session_id),
        "token_id": str(token.token_id),
        "expires_at": token.expires_at,
    }
    await cache.set(_key(ticket.text), orjson.dumps(fields), ex=SECONDS)
    return ticket


async def redeem(cache: Redis, text: str) -> AccessToken | None:
    """Who the ticket was issued to, once; None if there is no such ticket any more.

    Raises:
        RedisError, OSError
    """
    found = await cache.getdel(_key(text))
    if found is None:
        return None
    fields = orjson.loads(found)
    return AccessToken(
        user_id=UUID(fields["user_id"]),
        tenant_id=UUID(fields["tenant_id"]),
        role=fields["role"],
        scope=frozenset(fields["scope"]),
        session_id=UUID(fields["session_id"]),
        token_id=UUID(fields["token_id"]),
        expires_at=fields["expires_at"],
    )


def _key(text: str) -> str:
    return platform_key("ticket", hashlib.sha256(text.encode()).hexdigest())
