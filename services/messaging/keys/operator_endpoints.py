"""The keys of businesses, for operators: how one stands, a fresh data key, an end to reading for a time or for good."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from libs.adapters.keys import KeyState
from libs.adapters.keys.port import MAX_DESTROY_DAYS, MIN_DESTROY_DAYS
from services.messaging.deps import Caller, Context
from services.messaging.keys import operations

OPERATOR_CALLERS: Mapping[str, frozenset[str]] = {
    "show_messaging_key": frozenset({"cli"}),
    "rotate_messaging_key": frozenset({"cli"}),
    "disable_messaging_key": frozenset({"cli"}),
    "enable_messaging_key": frozenset({"cli"}),
    "schedule_messaging_key_destruction": frozenset({"cli"}),
    "cancel_messaging_key_destruction": frozenset({"cli"}),
}
router = APIRouter(prefix="/internal/tenants/{tenant_id}/messaging-key", include_in_schema=False)
Days = Annotated[int, Query(ge=MIN_DESTROY_DAYS, le=MAX_DESTROY_DAYS)]


class TenantKeyView(BaseModel):
    """A business's key; see `operations.TenantKey`."""

    model_config = ConfigDict(from_attributes=True)

    tenant_id: UUID
    state: KeyState | Literal["none", "destroyed"]
    destroyed_at: datetime | None
    data_keys: int
    newest_since: datetime | None


@router.get("", operation_id="show_messaging_key")
async def show_messaging_key(tenant_id: UUID, context: Context, _caller: Caller) -> TenantKeyView:
    return await _view(context, tenant_id)


@router.post("/rotate", operation_id="rotate_messaging_key")
async def rotate_messaging_key(tenant_id: UUID, context: Context, caller: Caller) -> TenantKeyView:
    """Seals with a fresh data key. Raises NoKeyYet, TextsUnreadable."""
    await operations.rotate(context, tenant_id, actor=f"service:{caller.name}")
    return await _view(context, tenant_id)


@router.post("/disable", operation_id="disable_messaging_key")
async def disable_messaging_key(tenant_id: UUID, context: Context, caller: Caller) -> TenantKeyView:
    """Hides all texts until the key is enabled. Raises NoKeyYet."""
    await operations.disable(context, tenant_id, actor=f"service:{caller.name}")
    return await _view(context, tenant_id)


@router.post("/enable", operation_id="enable_messaging_key")
async def enable_messaging_key(tenant_id: UUID, context: Context, caller: Caller) -> TenantKeyView:
    """Shows all texts again. Raises NoKeyYet, KeyUnavailable."""
    await operations.enable(context, tenant_id, actor=f"service:{caller.name}")
    return await _view(context, tenant_id)


@router.post("/schedule-destruction", operation_id="schedule_messaging_key_destruction")
async def schedule_messaging_key_destruction(
    tenant_id: UUID, context: Context, caller: Caller, days: Days = MAX_DESTROY_DAYS
) -> TenantKeyView:
    """Hides all texts now, and for good in `days`. Raises NoKeyYet, KeyUnavailable."""
    await operations.schedule_destruction(context, tenant_id, days=days, actor=f"service:{caller.name}")
    return await _view(context, tenant_id)


@router.post("/cancel-destruction", operation_id="cancel_messaging_key_destruction")
async def cancel_messaging_key_destruction(tenant_id: UUID, context: Context, caller: Caller) -> TenantKeyView:
    """Keeps the key, disabled. Raises NoKeyYet, KeyUnavailable."""
    await operations.cancel_destruction(context, tenant_id, actor=f"service:{caller.name}")
    return await _view(context, tenant_id)


async def _view(context: Context, tenant_id: UUID) -> TenantKeyView:
    return TenantKeyView.model_validate(await operations.show(context, tenant_id))
