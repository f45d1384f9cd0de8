"""What budgets refuse."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from libs.common.problems import Conflict, NotFound, Unprocessable


class ReachedBudget(BaseModel):
    """Which budget stands in the way, how much of its unit it allows and was taken, and when it begins anew."""

    budget_id: UUID
    of: Literal["assistant", "person"]
    period: str
    unit: Literal["queries", "cents"]
    most: int
    used: Decimal
    held: Decimal
    renews_at: datetime


class BudgetNotFound(NotFound):
    code = "budget_not_found"
    default_detail = "There is no such budget. Its id is in the list of budgets."


class BudgetReached(Conflict):
    """Extra members say which one, and when it begins anew."""

    code, title = "budget_reached", "The budget is reached"
    default_detail = (
        "The budget for this allows no more at present. Wait until it begins anew, or ask for a larger one."
    )

    def __init__(self, reached: ReachedBudget | None = None) -> None:
        if reached is None:
            super().__init__()
            return
        whose = "The budget of this assistant" if reached.of == "assistant" else "Your budget"
        what = "questions" if reached.unit == "queries" else "US cents"
        super().__init__(
            f"{whose} allows {reached.most} {what} a {reached.period}, and {reached.used:f} are used"
            f"{f' and {reached.held:f} held by answers that are being written' if reached.held else ''}. "
            f"It begins anew on {reached.renews_at:%Y-%m-%d} at midnight UTC; whoever manages assistants can raise it.",
            extra=reached.model_dump(mode="json"),
        )


class BudgetOfNothing(Unprocessable):
    code = "budget_of_nothing"
    default_detail = "Name either an assistant or a person, and a limit of queries, of cents, or of both."
