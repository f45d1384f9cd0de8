"""What crosses the wire about the use of entitlements."""

from typing import Literal

from pydantic import BaseModel, Field


class EntitlementUse(BaseModel):
    """One entitlement, in its unit. `used` is of this month where it is `monthly`, else what stands at present.

    `held` is what is under way and not used yet; it returns if it is not used. `percent` is of both. `limit` and
    `percent` are null where it is unlimited; more than 100 percent is possible where the limit is soft.
    """

    entitlement: str = Field(examples=["storage_bytes"])
    unit: str = Field(examples=["byte"])
    monthly: bool
    used: int = Field(examples=[734003200])
    held: int = Field(examples=[0])
    limit: int | None = Field(examples=[1073741824])
    kind: Literal["soft", "hard"]
    percent: int | None = Field(examples=[68])


class UsageAnswer(BaseModel):
    """What a business has used. `month` is the calendar month (UTC) that monthly use is counted in."""

    plan: str = Field(examples=["starter"])
    month: str = Field(examples=["2026-11"])
    items: list[EntitlementUse]
