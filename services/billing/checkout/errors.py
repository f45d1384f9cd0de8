"""What can be wrong about a checkout.

UnknownPlan, PlanNotPurchasable 422
AlreadySubscribed, CheckoutPaid, CheckoutBusy 409
"""

from libs.common.problems import Conflict, FieldError, Unprocessable


class UnknownPlan(Unprocessable):
    code = "unknown_plan"
    default_detail = "There is no such plan. `GET /v1/billing/plans` lists what can be bought."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/plan", code=self.code, message="There is no such plan.")])


class PlanNotPurchasable(Unprocessable):
    code = "plan_not_purchasable"
    default_detail = "This plan cannot be bought. Choose one that has a price in `GET /v1/billing/plans`."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/plan", code=self.code, message="This plan cannot be bought.")])


class AlreadySubscribed(Conflict):
    code = "already_subscribed"
    default_detail = (
        "This business has a subscription already. Read it at `GET /v1/billing/subscription`; change or cancel it "
        "instead of buying another."
    )


class CheckoutPaid(Conflict):
    code = "checkout_paid"
    default_detail = "It was just paid. The subscription appears at `GET /v1/billing/subscription` in a moment."


class CheckoutBusy(Conflict):
    code = "checkout_busy"
    default_detail = "Another checkout of this business is being opened. Try again in a minute."
