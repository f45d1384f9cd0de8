"""All SQL of budgets, what was used of them, and what running answers hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import Row, Select, and_, case, delete, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.ai.limits.models import AiUse, Budget, HeldAnswer
from services.ai.limits.periods import month_begin, next_month

COUNTED = ("queries", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cents")


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget, and what its present period has taken: used, and held by answers that are being written."""

    budget: Budget
    used_queries: int
    used_cents: Decimal
    held_queries: int
    held_cents: Decimal


By = Literal["all", "day", "assistant", "person"]
_GROUPINGS: Mapping[int, By] = {0b111: "all", 0b011: "day", 0b101: "assistant", 0b110: "person"}
"""PostgreSQL's GROUPING: a bit for each of day, assistant and person, set where a row sums over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """What was counted `by` one day, one assistant or one person, or in all; a person of None is every visitor."""

    by: By
    day: date | None
    assistant_id: UUID | None
    user_id: UUID | None
    counted: Mapping[str, int | Decimal]


async def save(session: AsyncSession, budget: Budget) -> Budget:
    """Writes the budget, in place of the one that the same assistant or person has for the same period."""
    row = insert(Budget).values(
        tenant_id=budget.tenant_id,
        id=budget.id,
        assistant_id=budget.assistant_id,
        user_id=budget.user_id,
        period=budget.period,
        most_queries=budget.most_queries,
        most_cents=budget.most_cents,
        created_at=budget.created_at,
        updated_at=budget.updated_at,
    )
    saved = row.on_conflict_do_update(
        index_elements=[Budget.tenant_id, Budget.assistant_id, Budget.user_id, Budget.period],
        set_={name: row.excluded[name] for name in ("most_queries", "most_cents", "updated_at")},
    )
    found = await session.scalars(saved.returning(Budget).execution_options(populate_existing=True))
    return found.one()


async def remove(session: AsyncSession, budget_id: UUID) -> bool:
    """False if there is none."""
    gone = delete(Budget).where(Budget.id == budget_id).returning(Budget.id)
    return await session.scalar(gone) is not None


async def page(
    session: AsyncSession, *, before: UUID | None, limit: int, today: date, now: datetime
) -> Sequence[Standing]:
    """The newest first; those made before the one with the id `before`."""
    wanted = _standings(today=today, now=now).order_by(Budget.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(Budget.id < before)
    return [_standing(row) for row in await session.execute(wanted)]


async def standing(session: AsyncSession, budget_id: UUID, *, today: date, now: datetime) -> Standing:
    """Of a budget that there is."""
    return _standing((await session.execute(_standings(today=today, now=now).where(Budget.id == budget_id))).one())


async def lock_standings(
    session: AsyncSession, *, assistant_id: UUID, user_id: UUID | None, today: date, now: datetime, besides: UUID
) -> Sequence[Standing]:
    """The budgets that an answer to this person counts towards, without the answer `besides`.

    Until the session ends, nobody else decides by them. Each is read at one moment with what it has taken, so that an
    answer that ends meanwhile is found once.
    """
    of_answer = or_(Budget.assistant_id == assistant_id, Budget.user_id == user_id)
    locked = select(Budget.id).where(of_answer).order_by(Budget.id).with_for_update()
    budget_ids = (await session.scalars(locked)).all()
    if not budget_ids:
        return ()
    taken = _standings(today=today, now=now, besides=besides).where(Budget.id.in_(budget_ids)).order_by(Budget.id)
    return [_standing(row) for row in await session.execute(taken)]


async def hold(session: AsyncSession, held: HeldAnswer) -> None:
    """The same answer again is held once."""
    row = insert(HeldAnswer).values(
        tenant_id=held.tenant_id,
        id=held.id,
        assistant_id=held.assistant_id,
        user_id=held.user_id,
        day=held.day,
        cents=held.cents,
        held_until=held.held_until,
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[HeldAnswer.tenant_id, HeldAnswer.id], set_={"held_until": row.excluded.held_until}
        )
    )


async def let_go(session: AsyncSession, answer_id: UUID) -> date | None:
    """The day on which the answer began; None where nothing is held for it any more."""
    gone = delete(HeldAnswer).where(HeldAnswer.id == answer_id).returning(HeldAnswer.day)
    day: date | None = await session.scalar(gone)
    return day


async def add_use(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    assistant_id: UUID,
    user_id: UUID | None,
    day: date,
    counted: Mapping[str, int | Decimal],
) -> None:
    """Adds what was `counted`, by the names of the columns."""
    row = insert(AiUse).values(
        tenant_id=tenant_id, id=new_id(), assistant_id=assistant_id, user_id=user_id, day=day, **counted
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[AiUse.tenant_id, AiUse.assistant_id, AiUse.day, AiUse.user_id],
            set_={name: AiUse.__table__.c[name] + row.excluded[name] for name in counted},
        )
    )


async def sums(session: AsyncSession, month: date) -> Sequence[Summed]:
    """The use of a month, whose first day is `month`: once in all, and by day, by assistant, and by person."""
    parts = (AiUse.day, AiUse.assistant_id, AiUse.user_id)
    table = AiUse.__table__
    summed = (
        select(
            func.grouping(*parts).label("grouping"),
            *parts,
            *(func.coalesce(func.sum(table.c[name]), 0).label(name) for name in COUNTED),
        )
        .where(AiUse.day >= month, AiUse.day < next_month(month))
        .group_by(func.grouping_sets(*(tuple_(part) for part in parts), tuple_()))
        .order_by(AiUse.day, func.sum(AiUse.queries).desc(), AiUse.assistant_id, AiUse.user_id)
    )
    return [
        Summed(
            by=_GROUPINGS[row.grouping],
            day=row.day,
            assistant_id=row.assistant_id,
            user_id=row.user_id,
            counted={name: getattr(row, name) for name in COUNTED},
        )
        for row in await session.execute(summed)
    ]


def _standings(
    *, today: date, now: datetime, besides: UUID | None = None
) -> Select[Budget, int, Decimal, int, Decimal]:
    begin = case((Budget.period == "month", month_begin(today)), else_=today)
    used = (
        select(
            func.coalesce(func.sum(AiUse.queries), 0).label("queries"),
            func.coalesce(func.sum(AiUse.cents), 0).label("cents"),
        )
        .where(or_(AiUse.assistant_id == Budget.assistant_id, AiUse.user_id == Budget.user_id), AiUse.day >= begin)
        .correlate(Budget)
        .lateral("used")
    )
    held = (
        select(func.count().label("queries"), func.coalesce(func.sum(HeldAnswer.cents), 0).label("cents"))
        .where(
            or_(HeldAnswer.assistant_id == Budget.assistant_id, HeldAnswer.user_id == Budget.user_id),
            HeldAnswer.day >= begin,
            and_(HeldAnswer.held_until > now, HeldAnswer.id.is_distinct_from(besides)),
        )
        .correlate(Budget)
        .lateral("held")
    )
    return (
        select(Budget, used.c.queries, used.c.cents, held.c.queries, held.c.cents)
        .select_from(Budget)
        .join(used, true())
        .join(held, true())
    )


def _standing(row: Row[Budget, int, Decimal, int, Decimal]) -> Standing:
    budget, used_queries, used_cents, held_queries, held_cents = row
    return Standing(
        budget=budget,
        used_queries=int(used_queries),
        used_cents=Decimal(used_cents),
        held_queries=held_queries,
        held_cents=Decimal(held_cents),
    )
