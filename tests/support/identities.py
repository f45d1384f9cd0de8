"""Who asks, in tests: access tokens and service assertions signed with the tests' own keys."""

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from libs.common.security.assertions import AssertionSigner
from libs.common.security.jose import SigningKey, new_private_key, public_pem
from libs.common.security.tokens import AccessToken, sign_access_token
from libs.contracts.permissions import PERMISSIONS_BY_ROLE
from services.registry import NAMES

ACCESS_KEY = SigningKey(new_private_key())
SERVICE_KEYS = {name: new_private_key() for name in (*NAMES, "gateway", "cli", "sample")}
SERVICE_PUBLIC_KEYS = {name: public_pem(key) for name, key in SERVICE_KEYS.items()}


async def jwks() -> list[Mapping[str, Any]]:
    """The public key of the tests' access tokens."""
    return [ACCESS_KEY.public_jwk]


def access_token(
    tenant_id: UUID,
    *,
    role: str = "owner",
    user_id: UUID | None = None,
    expires_in: int = 600,
    key: SigningKey = ACCESS_KEY,
) -> str:
    """A token as auth would sign it."""
    token = AccessToken(
        user_id=user_id or new_id(),
        tenant_id=tenant_id,
        role=role,
        scope=PERMISSIONS_BY_ROLE[role],
        session_id=new_id(),
        token_id=new_id(),
        expires_at=int(time.time()) + expires_in,
    )
    return sign_access_token(token, key)


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def as_member(tenant_id: UUID, *, role: str = "owner") -> dict[str, str]:
    """The header of a member of `tenant_id`."""
    return bearer(access_token(tenant_id, role=role))


def as_service(name: str, *, to: str) -> dict[str, str]:
    """The header of a service that calls the service `to`."""
    return bearer(AssertionSigner(name, SERVICE_KEYS[name]).assertion(to))
