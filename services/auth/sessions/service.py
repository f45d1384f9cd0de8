"""Refresh tokens: opaque, rotated at each use (OAuth 2.0 Security BCP, RFC 9700 §4.14.2).

The next token is derived from the present one with a secret key, so that two tabs that refresh at the same moment get
the same one without any token being stored. A token that comes again later than that was copied: its family ends.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import record_audit
from libs.common.database import Database
from libs.common.ids import new_id
from libs.common.problems import NotFound
from libs.common.request_context import current_request_id
from libs.common.security.tokens import LIFETIME_SECONDS, AccessToken, sign_access_token
from libs.contracts.permissions import PERMISSIONS_BY_ROLE
from services.auth.accounts import lookups
from services.auth.accounts.lookups import OwnMembership
from services.auth.sessions import repository
from services.auth.sessions.errors import InvalidRefreshToken
from services.auth.sessions.models import RefreshToken, UserSession
from services.auth.signing_keys.service import SigningKeys

logger = structlog.get_logger()
REFRESH_LIFETIME = timedelta(days=30)
SAME_CHILD_WINDOW = timedelta(seconds=10)
"""Longer than a client waits for an answer and then asks again (ADR 7)."""
USER_AGENT_LENGTH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a client gets; `expires_in` is in seconds and the access token's."""

    access_token: str
    refresh_token: str
    expires_in: int


class Sessions:
    """Opens, refreshes and ends sessions. `refresh_key` is a secret of auth, 32 bytes or more."""

    def __init__(self, database: Database, signing_keys: SigningKeys, refresh_key: bytes) -> None:
        self._database = database
        self._signing_keys = signing_keys
        self._refresh_key = refresh_key

    async def open(
        self, session: AsyncSession, *, user_id: UUID, membership: OwnMembership, user_agent: str | None = None
    ) -> Tokens:
        """Signs a person in, within the caller's transaction; `user_agent` is the header, kept in part."""
        now = datetime.now(UTC)
        row = UserSession(
            id=new_id(),
            user_id=user_id,
            current_tenant_id=membership.tenant_id,
            created_at=now,
            last_used_at=now,
            user_agent=_readable(user_agent),
            revoked_at=None,
            revoked_because=None,
        )
        refresh_token = secrets.token_urlsafe(32)
        await repository.add_session(session, row, _token_row(refresh_token, row.id, now))
        return await self._tokens(user_id, row.id, membership, refresh_token)

    async def refresh(self, refresh_token: str, *, tenant_id: UUID | None) -> Tokens:
        """Exchanges a refresh token; with `tenant_id`, for a session in that tenant of the same person.

        Raises:
            InvalidRefreshToken: unknown, expired, ended, or used before (then the whole session ends).
            NotFound: the person is no member of `tenant_id`.
        """
        present = await self._session_of(refresh_token)
        wanted = tenant_id or present.current_tenant_id
        memberships = await lookups.memberships_of(self._database, present.user_id)
        membership = next((one for one in memberships if one.tenant_id == wanted), None)
        if membership is None:
            raise NotFound("You are no member of this business.")
        child = await self._rotate(refresh_token, tenant_id=wanted)
        return await self._tokens(present.user_id, present.id, membership, child)

    async def _session_of(self, refresh_token: str) -> UserSession:
        async with self._database.platform_session() as session:
            known = await repository.find_token(session, _digest(refresh_token))
            row = None if known is None else await repository.find_live_session(session, known.session_id)
        if row is None:
            raise InvalidRefreshToken
        return row

    async def _rotate(self, refresh_token: str, *, tenant_id: UUID) -> str:
        """The next token of the chain. One caller makes it; others within ten seconds get the same one."""
        now, digest, child = datetime.now(UTC), _digest(refresh_token), self._child(refresh_token)
        async with self._database.platform_session() as session:
            session_id = await repository.use_token(session, digest, now)
            if session_id is not None:
                await repository.add_token(session, _token_row(child, session_id, now))
                await repository.touch(session, session_id, tenant_id=tenant_id, now=now)
                return child
            known = await repository.find_token(session, digest)
            if known is None or known.used_at is None:
                raise InvalidRefreshToken
            reused = now - known.used_at > SAME_CHILD_WINDOW
            if reused:
                await repository.revoke(session, known.session_id, because="refresh_token_reused", now=now)
                logger.warning("session.refresh_token_reused", session_id=str(known.session_id))
        if reused:
            raise InvalidRefreshToken
        return child

    async def end(self, refresh_token: str) -> None:
        """Signs out; a token that is not known changes nothing."""
        async with self._database.platform_session() as session:
            known = await repository.find_token(session, _digest(refresh_token))
            if known is not None:
                await repository.revoke(session, known.session_id, because="logout", now=datetime.now(UTC))

    async def live_of(self, user_id: UUID) -> Sequence[UserSession]:
        """A person's sessions that can still be refreshed, the last used first."""
        async with self._database.platform_session() as session:
            return await repository.live_sessions(session, user_id, used_since=datetime.now(UTC) - REFRESH_LIFETIME)

    async def end_own(self, session_id: UUID, *, user_id: UUID, tenant_id: UUID) -> None:
        """Ends one of a person's sessions; again, it changes nothing. `tenant_id` is whose audit log tells of it.

        Raises:
            NotFound: the person has no such session.
        """
        now = datetime.now(UTC)
        async with self._database.tenant_session(tenant_id) as session:
            if not await repository.is_of_user(session, session_id, user_id):
                raise NotFound
            if await repository.revoke(session, session_id, because="ended_by_user", now=now):
                await _audit(session, tenant_id, user_id, "session.end", target=f"session:{session_id}")

    async def end_all(self, *, user_id: UUID, tenant_id: UUID) -> None:
        """Ends every session of a person. `tenant_id` is whose audit log tells of it."""
        async with self._database.tenant_session(tenant_id) as session:
            await repository.revoke_all(session, user_id, because="signed_out_everywhere", now=datetime.now(UTC))
            await _audit(session, tenant_id, user_id, "session.end_all", target=f"user:{user_id}")

    async def _tokens(self, user_id: UUID, session_id: UUID, membership: OwnMembership, refresh_token: str) -> Tokens:
        token = AccessToken(
            user_id=user_id,
            tenant_id=membership.tenant_id,
            role=membership.role,
            scope=PERMISSIONS_BY_ROLE[membership.role],
            session_id=session_id,
            token_id=new_id(),
            expires_at=int(datetime.now(UTC).timestamp()) + LIFETIME_SECONDS,
        )
        signed = sign_access_token(token, await self._signing_keys.current())
        return Tokens(access_token=signed, refresh_token=refresh_token, expires_in=LIFETIME_SECONDS)

    def _child(self, refresh_token: str) -> str:
        return hmac.new(self._refresh_key, refresh_token.encode(), hashlib.sha256).hexdigest()


async def _audit(session: AsyncSession, tenant_id: UUID, user_id: UUID, action: str, *, target: str) -> None:
    request_id, actor = current_request_id(), f"user:{user_id}"
    await record_audit(session, tenant_id=tenant_id, actor=actor, action=action, target=target, request_id=request_id)


def _readable(user_agent: str | None) -> str | None:
    return "".join(char for char in user_agent or "" if char.isprintable())[:USER_AGENT_LENGTH] or None


def _digest(refresh_token: str) -> bytes:
    return hashlib.sha256(refresh_token.encode()).digest()


def _token_row(refresh_token: str, session_id: UUID, now: datetime) -> RefreshToken:
    return RefreshToken(
        token_hash=_digest(refresh_token), session_id=session_id, expires_at=now + REFRESH_LIFETIME, used_at=None
    )
