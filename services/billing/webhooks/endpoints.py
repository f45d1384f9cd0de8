"""Where Stripe tells what happened. Nothing is acknowledged before it is durable, and nothing is worked off here."""

from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Request

from libs.common.problems import PayloadTooLarge, problem_responses
from services.billing.deps import Context
from services.billing.payments import BadSignature, UnreadableNotice
from services.billing.webhooks import repository
from services.billing.webhooks.schemas import WebhookReceipt

logger = structlog.get_logger()
EXAMPLE = {"id": "evt_1", "object": "event", "type": "invoice.paid", "created": 1_767_225_600, "data": {"object": {}}}
router = APIRouter(prefix="/webhooks", tags=["Webhooks"])


@router.post(
    "/stripe",
    operation_id="receive_stripe_event",
    summary="Receive an event of Stripe's",
    status_code=202,
    responses=problem_responses(BadSignature, UnreadableNotice, PayloadTooLarge),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}, "example": EXAMPLE}},
        }
    },
)
async def receive_stripe_event(
    request: Request,
    context: Context,
    stripe_signature: Annotated[str | None, Header(description="`t=…,v1=…`, over the raw body.")] = None,
) -> WebhookReceipt:
    """Verifies the signature on the raw body and stores the event once."""
    notice = context.payments.read_notice(await request.body(), stripe_signature)
    async with context.database.platform_session() as session:
        fresh = await repository.keep_once(session, notice, now=datetime.now(UTC))
    logger.info("stripe_event.received", event_id=notice.id, type=notice.type, duplicate=not fresh)
    return WebhookReceipt(duplicate=not fresh)
