"""The subscription as its owner sees it."""

from fastapi import APIRouter

from libs.common.problems import Forbidden, Unauthenticated, problem_responses
from libs.contracts.billing import SubscriptionSummary
from services.billing.deps import BillingReader, Context
from services.billing.subscriptions import repository
from services.billing.subscriptions.errors import NoSubscription
from services.billing.subscriptions.service import summary_of

router = APIRouter(prefix="/v1/billing", tags=["Billing"])


@router.get(
    "/subscription",
    operation_id="get_subscription",
    summary="Read the subscription",
    responses=problem_responses(Unauthenticated, Forbidden, NoSubscription),
)
async def get_subscription(member: BillingReader, context: Context) -> SubscriptionSummary:
    """Plan, status in Stripe's words, and until when it is paid. 404 before the first payment."""
    async with context.database.tenant_session(member.tenant_id) as session:
        subscription = await repository.find_current(session, member.tenant_id)
    if subscription is None:
        raise NoSubscription
    return summary_of(subscription)
