"""Service assertions: short ES256 JWTs by which one service proves to another who it is."""

import time
from collections.abc import Mapping
from typing import Any

from libs.common.ids import new_id
from libs.common.security.jose import InvalidToken, SigningKey, VerifyingKey

LIFETIME_SECONDS = 60
LEEWAY_SECONDS = 5


class AssertionSigner:
    """Signs as service `name`. An assertion is used again for half its life."""

    def __init__(self, name: str, private_pem: str) -> None:
        self._name = name
        self._key = SigningKey(private_pem)
        self._issued: dict[str, tuple[float, str]] = {}

    def assertion(self, audience: str) -> str:
        """A token that the service `audience` accepts."""
        now = time.time()
        issued_at, token = self._issued.get(audience, (0.0, ""))
        if now - issued_at > LIFETIME_SECONDS / 2:
            token = self._key.sign(
                {
                    "iss": self._name,
                    "aud": audience,
                    "typ": "service",
                    "jti": str(new_id()),
                    "iat": int(now),
                    "exp": int(now) + LIFETIME_SECONDS,
                }
            )
            self._issued[audience] = (now, token)
        return token


class AssertionVerifier:
    """Accepts assertions made for `audience` by the services whose public keys (PEM, by name) it was given."""

    def __init__(self, audience: str, public_pems: Mapping[str, str]) -> None:
        self._audience = audience
        self._keys = {name: VerifyingKey(pem) for name, pem in public_pems.items()}

    def caller(self, token: str) -> str:
        """The name of the service that signed.

        Raises:
            InvalidToken: forged, expired, or meant for another service.
        """
        for name, key in self._keys.items():
            try:
                claims = key.claims(token)
            except InvalidToken:
                continue
            self._check(claims, name)
            return name
        raise InvalidToken("no known service signed this")

    def _check(self, claims: Mapping[str, Any], name: str) -> None:
        if (claims.get("iss"), claims.get("aud"), claims.get("typ")) != (name, self._audience, "service"):
            raise InvalidToken("the assertion is not for this service")
        expires_at = claims.get("exp")
        if not isinstance(expires_at, int) or expires_at + LEEWAY_SECONDS < time.time():
            raise InvalidToken("the assertion has expired")
