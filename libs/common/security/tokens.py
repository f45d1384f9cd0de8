"""Access tokens: short ES256 JWTs for one user in one tenant, verified in every service against auth's JWKS."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.common.security.jose import InvalidToken, SigningKey, VerifyingKey, key_id

ISSUER = "stackpro-auth"
AUDIENCE = "stackpro"
LIFETIME_SECONDS = 600
LEEWAY_SECONDS = 5
REFETCH_SECONDS = 60
KEYS_TRUSTED_SECONDS = 600
"""After this a withdrawn key is no longer believed, even if every token names it."""
CACHED_TOKENS = 20_000

FetchJwks = Callable[[], Awaitable[list[Mapping[str, Any]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """Who is asking. `expires_at` is in Unix seconds; `scope` is the set of permissions."""

    user_id: UUID
    tenant_id: UUID
    role: str
    scope: frozenset[str]
    session_id: UUID
    token_id: UUID
    expires_at: int


def sign_access_token(token: AccessToken, key: SigningKey) -> str:
    """The token as a JWT."""
    return key.sign(
        {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "typ": "access",
            "sub": str(token.user_id),
            "tid": str(token.tenant_id),
            "role": token.role,
            "scope": " ".join(sorted(token.scope)),
            "sid": str(token.session_id),
            "jti": str(token.token_id),
            "iat": int(time.time()),
            "exp": token.expires_at,
        }
    )


class AccessTokenVerifier:
    """Verifies access tokens. A verified token is remembered by its hash until it expires.

    Keys come from `fetch_jwks`; they are fetched anew every ten minutes, and for a key id that is not known, at most
    once a minute. While they cannot be fetched, the keys that are known stay good.
    """

    def __init__(self, fetch_jwks: FetchJwks, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetch_jwks = fetch_jwks
        self._monotonic = monotonic
        self._keys: dict[str, VerifyingKey] = {}
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._verified: OrderedDict[bytes, AccessToken] = OrderedDict()

    async def verify(self, token: str) -> AccessToken:
        """The token's content.

        Raises:
            InvalidToken: forged, expired, for another audience, or of another kind.
        """
        digest = hashlib.sha256(token.encode()).digest()
        if (known := self._verified.get(digest)) is not None:
            return _unexpired(known)
        verified = _unexpired(_access_token((await self._key(key_id(token))).claims(token)))
        self._verified[digest] = verified
        if len(self._verified) > CACHED_TOKENS:
            self._verified.popitem(last=False)
        return verified

    async def _key(self, kid: str) -> VerifyingKey:
        others_fetch = self._fetching.locked()
        # Who comes while the keys are being fetched waits for them, unless the key is known already.
        if self._wants_keys(kid) and not (others_fetch and kid in self._keys):
            async with self._fetching:
                if self._wants_keys(kid):
                    await self._refresh(kid)
        if kid not in self._keys:
            raise InvalidToken("the key is not known")
        return self._keys[kid]

    def _wants_keys(self, kid: str) -> bool:
        age = self._monotonic() - self._fetched_at
        return age > (KEYS_TRUSTED_SECONDS if kid in self._keys else REFETCH_SECONDS)

    async def _refresh(self, kid: str) -> None:
        try:
            keys = await self._fetch_jwks()
        except InvalidToken:
            if kid not in self._keys:
                raise
            return
        finally:
            self._fetched_at = self._monotonic()
        self._keys = {str(key["kid"]): VerifyingKey(key) for key in keys}


def _access_token(claims: Mapping[str, Any]) -> AccessToken:
    if (claims.get("iss"), claims.get("aud"), claims.get("typ")) != (ISSUER, AUDIENCE, "access"):
        raise InvalidToken("the token is not an access token")
    try:
        return AccessToken(
            user_id=UUID(claims["sub"]),
            tenant_id=UUID(claims["tid"]),
            role=str(claims["role"]),
            scope=frozenset(str(claims["scope"]).split()),
            session_id=UUID(claims["sid"]),
            token_id=UUID(claims["jti"]),
            expires_at=int(claims["exp"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidToken("the token lacks a claim") from None


def _unexpired(token: AccessToken) -> AccessToken:
    if token.expires_at + LEEWAY_SECONDS < time.time():
        raise InvalidToken("the token has expired")
    return token
