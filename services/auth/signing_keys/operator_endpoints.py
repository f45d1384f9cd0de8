"""The keys of access tokens, for operators: which there are, the next one now, and an end for one that was seen."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from services.auth.deps import Caller, Context
from services.auth.signing_keys import operations

OPERATOR_CALLERS: Mapping[str, frozenset[str]] = {
    "list_signing_keys": frozenset({"cli"}),
    "rotate_signing_key": frozenset({"cli"}),
    "withdraw_signing_key": frozenset({"cli"}),
}
router = APIRouter(prefix="/internal/operations/signing-keys", include_in_schema=False)


class SigningKeyView(BaseModel):
    """A published key. It signs from `signs_from` until the next one does; `believed_until` is null for the newest."""

    kid: str
    state: operations.KeyState
    signs_from: datetime
    believed_until: datetime | None


class SigningKeyList(BaseModel):
    """Newest first."""

    items: list[SigningKeyView]


@router.get("", operation_id="list_signing_keys")
async def list_signing_keys(context: Context, _caller: Caller) -> SigningKeyList:
    return await _keys(context)


@router.post("/rotate", operation_id="rotate_signing_key")
async def rotate_signing_key(context: Context, _caller: Caller) -> SigningKeyList:
    """Publishes the next key now. Asked again before it signs, it changes nothing."""
    await operations.rotate_now(context.database, context.cipher)
    return await _keys(context)


@router.post("/{kid}/withdraw", operation_id="withdraw_signing_key")
async def withdraw_signing_key(kid: str, context: Context, _caller: Caller) -> SigningKeyList:
    """Stops publishing a key that signs no more. Raises NotFound, KeyStillNeeded."""
    await operations.withdraw(context.database, kid)
    return await _keys(context)


async def _keys(context: Context) -> SigningKeyList:
    return SigningKeyList(
        items=[
            SigningKeyView(
                kid=key.row.kid,
                state=key.state,
                signs_from=key.row.active_from,
                believed_until=key.row.published_until,
            )
            for key in await operations.published_keys(context.database)
        ]
    )
