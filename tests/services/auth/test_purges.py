"""auth forgets what ended: sessions with their tokens, counted tries, and keys that no token can carry any more."""

import hashlib
from uuid import UUID

import httpx
from sqlalchemy import delete, insert, select, update

from libs.common.ids import new_id
from services.auth.attempts.models import Attempt
from services.auth.base import Base
from services.auth.context import AuthContext
from services.auth.sessions.models import RefreshToken, UserSession
from services.auth.signing_keys.models import SigningKeyRow
from tests.services.auth.factories import sign_up
from tests.support.purges import days_ago, purge_table


async def _session_of(context: AuthContext, refresh_token: str) -> UUID:
    digest = hashlib.sha256(refresh_token.encode()).digest()
    async with context.database.system_session() as session:
        found = await session.scalar(select(RefreshToken.session_id).where(RefreshToken.token_hash == digest))
    assert found is not None
    return found


async def _aged_session(client: httpx.AsyncClient, context: AuthContext, *, days: float) -> tuple[UUID, str]:
    """A session that was last used so many days ago, and its refresh token, which expired thirty days later."""
    token = (await sign_up(client))["refresh_token"]
    session_id = await _session_of(context, token)
    async with context.database.system_session() as session:
        used = update(UserSession).where(UserSession.id == session_id).values(last_used_at=days_ago(days))
        expired = update(RefreshToken).where(RefreshToken.session_id == session_id)
        await session.execute(used)
        await session.execute(expired.values(expires_at=days_ago(days - 30)))
    return session_id, token


async def _left(context: AuthContext, *sessions: UUID) -> set[UUID]:
    async with context.database.system_session() as session:
        return set(await session.scalars(select(UserSession.id).where(UserSession.id.in_(sessions))))


async def test_a_session_goes_sixty_days_after_its_last_use_and_its_tokens_before_it(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    over, _ = await _aged_session(client, context, days=61)
    not_yet, _ = await _aged_session(client, context, days=59)

    await purge_table(context.database, Base.metadata, "user_session")
    assert await _left(context, over, not_yet) == {over, not_yet}, "its token is still there"

    assert await purge_table(context.database, Base.metadata, "refresh_token") >= 2
    assert await purge_table(context.database, Base.metadata, "user_session") >= 1
    assert await _left(context, over, not_yet) == {not_yet}


async def test_a_session_whose_token_is_good_goes_on(client: httpx.AsyncClient, context: AuthContext) -> None:
    session_id, token = await _aged_session(client, context, days=29)

    await purge_table(context.database, Base.metadata, "refresh_token")
    await purge_table(context.database, Base.metadata, "user_session")

    assert await _left(context, session_id) == {session_id}
    assert (await client.post("/v1/auth/refresh", json={"refresh_token": token})).status_code == 200


async def test_a_token_that_expired_long_ago_is_refused_after_it_was_forgotten(
    client: httpx.AsyncClient, context: AuthContext
) -> None:
    _, token = await _aged_session(client, context, days=40)
    before = await client.post("/v1/auth/refresh", json={"refresh_token": token})

    await purge_table(context.database, Base.metadata, "refresh_token")

    after = await client.post("/v1/auth/refresh", json={"refresh_token": token})
    assert (before.status_code, after.status_code) == (401, 401)
    assert before.json()["code"] == after.json()["code"] == "invalid_refresh_token"


async def test_counted_tries_go_a_day_after_their_window(context: AuthContext) -> None:
    over, counting = new_id().bytes, new_id().bytes
    rows = [
        {"id": over, "count": 3, "window_ends_at": days_ago(1.1)},
        {"id": counting, "count": 3, "window_ends_at": days_ago(0.9)},
    ]
    async with context.database.system_session() as session:
        await session.execute(insert(Attempt), rows)

    await purge_table(context.database, Base.metadata, "attempt")

    async with context.database.system_session() as session:
        left = set(await session.scalars(select(Attempt.id).where(Attempt.id.in_((over, counting)))))
    assert left == {counting}


async def test_a_signing_key_goes_when_it_is_published_no_longer(context: AuthContext) -> None:
    key = {"encrypted_private_key": b"", "public_jwk": {}, "active_from": days_ago(60)}
    kids = {name: f"{name}-{new_id()}" for name in ("ended", "published", "signing")}
    ends = {"ended": days_ago(0.01), "published": days_ago(-1), "signing": None}
    async with context.database.system_session() as session:
        await session.execute(
            insert(SigningKeyRow), [{**key, "kid": kids[name], "published_until": ends[name]} for name in kids]
        )
        await session.commit()
        try:
            await purge_table(context.database, Base.metadata, "signing_key")
            left = set(await session.scalars(select(SigningKeyRow.kid).where(SigningKeyRow.kid.in_(kids.values()))))
            assert left == {kids["published"], kids["signing"]}
        finally:
            await session.execute(delete(SigningKeyRow).where(SigningKeyRow.kid.in_(kids.values())))
