"""The plans, for everyone, and one plan for the other services."""

from fastapi import APIRouter, Response

from libs.common.problems import NotFound
from libs.contracts.billing import Plan
from services.billing.deps import Caller, Context
from services.billing.plans.schemas import PlanList, plan_list

CACHE_CONTROL = "public, max-age=300"
router = APIRouter()


@router.get("/v1/billing/plans", operation_id="list_plans", summary="List the plans", tags=["Billing"])
async def list_plans(context: Context, response: Response) -> PlanList:
    """Prices and limits of all plans. Needs no sign-in, and may be cached for five minutes."""
    response.headers["Cache-Control"] = CACHE_CONTROL
    return plan_list(context.catalogue)


@router.get("/internal/trial-plan", operation_id="get_trial_plan", include_in_schema=False)
async def get_trial_plan(context: Context, _caller: Caller) -> Plan:
    return context.catalogue.by_id[context.catalogue.trial.plan].as_contract()


@router.get("/internal/plans/{plan}", operation_id="get_plan", include_in_schema=False)
async def get_plan(plan: str, context: Context, _caller: Caller) -> Plan:
    found = context.catalogue.by_id.get(plan)
    if found is None:
        raise NotFound
    return found.as_contract()
