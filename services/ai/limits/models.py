"""Budgets, what was used of them, and the answers that are being written."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import Date, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Timed, keeps
from services.ai.base import Base

Period = Literal["day", "month"]
CENTS = Numeric(18, 6)


class Budget(Base):
    """What an assistant, or else a person, may use in a calendar day or month of business time (UTC).

    One of `assistant_id` and `user_id` is null. A limit that is null is none. Cents are US cents of the models' prices.
    """

    __tablename__ = "budget"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("user_id",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    assistant_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None]
    period: Mapped[str]
    most_queries: Mapped[int | None]
    most_cents: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AiUse(Base):
    """What one person asked of one assistant on one day of business time (UTC), and what it took.

    `user_id` is null for visitors of websites, who are counted together.
    """

    __tablename__ = "ai_use"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("user_id",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    assistant_id: Mapped[UUID]
    user_id: Mapped[UUID | None]
    day: Mapped[date] = mapped_column(Date)
    queries: Mapped[int]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    cache_read_tokens: Mapped[int]
    cache_write_tokens: Mapped[int]
    cents: Mapped[Decimal] = mapped_column(CENTS)


class HeldAnswer(Base):
    """An answer that is being written: it counts towards budgets as a query, and as `cents`, which it may cost.

    It counts on the day on which it began. `held_until` is a lease in technical time: an answer whose process died
    counts no longer.
    """

    __tablename__ = "held_answer"
    __table_args__ = keeps(
        owner="ai",
        retention=Timed(after=timedelta(), since="held_until"),
        erasure="deleted",
        personal=("user_id",),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    assistant_id: Mapped[UUID]
    user_id: Mapped[UUID | None]
    day: Mapped[date] = mapped_column(Date)
    cents: Mapped[Decimal] = mapped_column(CENTS)
    held_until: Mapped[datetime]
