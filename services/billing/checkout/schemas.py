"""What crosses the wire about checkouts."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import RequestBody


class CheckoutRequest(RequestBody):
    """The plan to buy, and how often it is paid."""

    plan: str = Field(min_length=1, max_length=40, examples=["business"])
    interval: Literal["month"] = "month"


class CheckoutAnswer(BaseModel):
    """Send the buyer to `url`, Stripe's hosted page."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"session_id": "cs_test_a1b2c3", "url": "https://checkout.stripe.com/c/pay/cs_test_a1b2c3"}]
        }
    )

    session_id: str
    url: str
