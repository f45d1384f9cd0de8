"""The public keys of access tokens."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.auth.deps import Context

router = APIRouter(tags=["Identity"])


class JwkSet(BaseModel):
    """RFC 7517 §5."""

    keys: list[dict[str, Any]]


@router.get("/.well-known/jwks.json", summary="Keys that verify access tokens", operation_id="get_jwks")
async def get_jwks(context: Context, response: Response) -> JwkSet:
    """Public ES256 keys. A new one appears ten minutes before it signs."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return JwkSet(keys=[dict(key) for key in await context.signing_keys.jwks()])
