"""What crosses the wire about budgets and use."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from libs.common.schemas import RequestBody, Whole
from services.ai.limits.models import Period

MOST = 2**53
MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


class NewBudget(RequestBody):
    """What an assistant or a person may use in a calendar day or month (UTC): one of the two, one limit at the least.

    It takes the place of the one that they have for the same period. Cents are US cents of the models' prices.
    """

    assistant_id: UUID | None = None
    user_id: UUID | None = Field(default=None, examples=["01890a5d-ac96-774b-bcce-b302099a8057"])
    period: Period = Field(examples=["day"])
    most_queries: Whole | None = Field(default=None, ge=0, le=MOST, examples=[100])
    most_cents: Whole | None = Field(default=None, ge=0, le=MOST, examples=[500])


class BudgetAnswer(BaseModel):
    """A budget, and what its present period has taken. `held_queries` are answers that are being written.

    It begins anew at `renews_at`.
    """

    id: UUID
    assistant_id: UUID | None
    user_id: UUID | None
    period: Period
    most_queries: int | None
    most_cents: int | None
    used_queries: int = Field(examples=[42])
    used_cents: Decimal = Field(examples=["17.25"])
    held_queries: int = Field(examples=[1])
    renews_at: datetime
    created_at: datetime
    updated_at: datetime


class Use(BaseModel):
    """How many questions were answered, and what that took. `cents` are US cents of the models' prices."""

    queries: int = Field(examples=[42])
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    cents: Decimal = Field(examples=["17.25"])


class DayUse(Use):
    """The use of one day (UTC)."""

    day: date


class AssistantUse(Use):
    """What one assistant was used for; it may have been deleted since."""

    assistant_id: UUID


class PersonUse(Use):
    """What one person used; `user_id` is null for all visitors of websites together."""

    user_id: UUID | None


class UseAnswer(BaseModel):
    """The use of one calendar month (UTC): in all, day by day, and by who used and was used most.

    `people` are the hundred with the most queries.
    """

    month: str = Field(examples=["2026-11"])
    total: Use
    days: list[DayUse]
    assistants: list[AssistantUse]
    people: list[PersonUse]
