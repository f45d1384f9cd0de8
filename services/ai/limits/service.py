"""Each answer is reserved before it begins and settled in the transaction that ends it.

The plan's limit is billing's; budgets are compared here, first. What nobody settles or releases, as after a crash,
lapses at both.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol, Self
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import record_usage
from libs.common.clock import Clock
from libs.common.database import Database
from libs.common.problems import Problem
from libs.contracts.billing import BillingClient, EntitlementReservation
from services.ai.limits import repository
from services.ai.limits.budgets import refuse_beyond
from services.ai.limits.models import HeldAnswer
from services.ai.limits.periods import day_of
from services.ai.models.port import Usage

logger = structlog.get_logger()
QUERIES = "ai_queries_per_month"
"""The entitlement that answers count towards."""
LEASE = timedelta(minutes=15)
"""Longer than any answer takes."""


class Limited(Protocol):
    """What this needs of ai's context."""

    @property
    def database(self) -> Database: ...
    @property
    def billing(self) -> BillingClient: ...
    @property
    def clock(self) -> Clock: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What an answer took; `cents` are US cents."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cents: Decimal = Decimal(0)

    @classmethod
    def of(cls, usage: Usage | None, cents: Decimal) -> Self:
        """Of a model's answer; None is one that no model gave."""
        if usage is None:
            return cls(cents=cents)
        return cls(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            cents=cents,
        )


async def reserve_answer(
    context: Limited,
    *,
    tenant_id: UUID,
    assistant_id: UUID,
    user_id: UUID | None,
    answer_id: UUID,
    may_cost: Decimal = Decimal(0),
) -> EntitlementReservation:
    """Holds one query of each budget and of the plan; doing it again holds no more. No `user_id` is a visitor.

    `may_cost` is what the answer may cost at the most, in US cents. A budget of cents is never passed by answers that
    are reserved with it; without it, answers that run at the same time may pass it together.

    Raises:
        BudgetReached, LimitReached
        ServiceUnavailable: billing does not answer. Nothing is promised then.
    """
    today, technical_now = day_of(context.clock.now()), datetime.now(UTC)
    async with context.database.tenant_session(tenant_id) as session:
        standings = await repository.lock_standings(
            session, assistant_id=assistant_id, user_id=user_id, today=today, now=technical_now, besides=answer_id
        )
        for standing in standings:
            refuse_beyond(standing, may_cost, today=today)
        held = HeldAnswer(
            tenant_id=tenant_id,
            id=answer_id,
            assistant_id=assistant_id,
            user_id=user_id,
            day=today,
            cents=may_cost,
            held_until=technical_now + LEASE,
        )
        await repository.hold(session, held)
    try:
        return await context.billing.reserve(tenant_id, QUERIES, answer_id, seconds=int(LEASE.total_seconds()))
    except BaseException:
        async with context.database.tenant_session(tenant_id) as session:
            await repository.let_go(session, answer_id)
        raise


async def settle(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    assistant_id: UUID,
    user_id: UUID | None,
    answer_id: UUID,
    used: Used,
    now: datetime,
) -> None:
    """Counts an answer that was given, in the transaction that ends it; call it once for each. `now` is business time.

    billing hears of it by the event that is recorded here, and counts it once.
    """
    began = await repository.let_go(session, answer_id)
    await repository.add_use(
        session,
        tenant_id=tenant_id,
        assistant_id=assistant_id,
        user_id=user_id,
        day=began or day_of(now),
        counted={"queries": 1, **asdict(used)},
    )
    await record_usage(session, tenant_id=tenant_id, entitlement=QUERIES, quantity=1, reservation_id=answer_id)


async def release(context: Limited, *, tenant_id: UUID, answer_id: UUID) -> None:
    """Gives back what was held for an answer of which nothing was delivered. What cannot be given back now lapses."""
    try:
        async with context.database.tenant_session(tenant_id) as session:
            await repository.let_go(session, answer_id)
        await context.billing.finalise(tenant_id, QUERIES, answer_id, quantity=0)
    except (Problem, SQLAlchemyError, OSError, TimeoutError) as error:
        logger.warning("limits.not_released", answer_id=str(answer_id), reason=repr(error))
