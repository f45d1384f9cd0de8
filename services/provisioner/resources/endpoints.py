"""The drift report, for operators."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.provisioner.deps import Caller, Context
from services.provisioner.resources.lookups import all_open_drift

DRIFT_CALLERS: Mapping[str, frozenset[str]] = {"list_drift": frozenset({"cli", "gateway"})}
LIMIT = 1000
router = APIRouter(prefix="/internal/operations", include_in_schema=False)


class DriftView(BaseModel):
    """A difference between what the ledger and the desired state say and what AWS has."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tenant_id: UUID
    stack_id: UUID | None
    subject: str
    kind: Literal["missing", "changed", "orphan"]
    detail: str
    repair: Literal["automatic", "manual"]
    detected_at: datetime


class DriftReport(BaseModel):
    items: list[DriftView]


@router.get("/drift", operation_id="list_drift")
async def list_drift(_caller: Caller, context: Context) -> DriftReport:
    """The open differences of all tenants, newest first, a thousand at the most."""
    return DriftReport(items=[DriftView.model_validate(row) for row in await all_open_drift(context.database, LIMIT)])
