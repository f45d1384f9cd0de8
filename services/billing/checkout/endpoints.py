"""Buying a plan."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from libs.common.http_client import ServiceUnavailable
from libs.common.idempotency import KeyInUse, KeyReused
from libs.common.problems import Forbidden, Unauthenticated, problem_responses
from services.billing.checkout.errors import (
    AlreadySubscribed,
    CheckoutBusy,
    CheckoutPaid,
    PlanNotPurchasable,
    UnknownPlan,
)
from services.billing.checkout.schemas import CheckoutAnswer, CheckoutRequest
from services.billing.checkout.service import Buyer, start_checkout
from services.billing.deps import BillingManager, Context, OnlyOnce
from services.billing.payments import PaymentsUnavailable

router = APIRouter(prefix="/v1/billing", tags=["Billing"])


@router.post(
    "/checkout",
    operation_id="start_checkout",
    summary="Start a checkout",
    status_code=201,
    response_model=CheckoutAnswer,
    responses=problem_responses(
        Unauthenticated,
        Forbidden,
        AlreadySubscribed,
        CheckoutPaid,
        CheckoutBusy,
        KeyInUse,
        UnknownPlan,
        PlanNotPurchasable,
        KeyReused,
        PaymentsUnavailable,
        ServiceUnavailable,
    ),
)
async def start_checkout_of_plan(
    body: CheckoutRequest, member: BillingManager, context: Context, once: OnlyOnce
) -> Response:
    """Opens Stripe's hosted page for a plan. While a page for the same plan is open, it is given again."""
    buyer = Buyer(tenant_id=member.tenant_id, user_id=member.user_id)

    async def write() -> BaseModel:
        opened = await start_checkout(context, buyer, body.plan)
        return CheckoutAnswer(session_id=opened.session_id, url=opened.url)

    async with context.checkouts, context.database.tenant_session(member.tenant_id) as session:
        return await once.run(session, member.tenant_id, write)
