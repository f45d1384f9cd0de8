"""Budgets: what an assistant or a person may use in a day or month, who set it, and when it is reached."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import record_audit
from libs.common.ids import new_id
from libs.common.members import Member
from libs.common.paging import Page, PageRequest, page_of
from libs.common.request_context import current_request_id
from services.ai.assistants import repository as assistants
from services.ai.assistants.errors import AssistantNotFound
from services.ai.context import AiContext
from services.ai.limits import repository
from services.ai.limits.errors import BudgetNotFound, BudgetOfNothing, BudgetReached, ReachedBudget
from services.ai.limits.models import Budget
from services.ai.limits.periods import day_of, renews_at
from services.ai.limits.repository import Standing
from services.ai.limits.schemas import BudgetAnswer, NewBudget

LIST = "ai_budgets"


def refuse_beyond(standing: Standing, may_cost: Decimal, *, today: date) -> None:
    """Raises BudgetReached where the budget does not allow one more query that may cost so many US cents."""
    budget = standing.budget
    cents = standing.used_cents + standing.held_cents
    if budget.most_queries is not None and standing.used_queries + standing.held_queries >= budget.most_queries:
        raise BudgetReached(_reached(standing, "queries", today))
    if budget.most_cents is not None and (cents >= budget.most_cents or cents + may_cost > budget.most_cents):
        raise BudgetReached(_reached(standing, "cents", today))


async def put(session: AsyncSession, member: Member, wanted: NewBudget, *, business_now: datetime) -> BudgetAnswer:
    """Sets a budget, in place of the one that the same assistant or person has for the same period.

    Raises:
        BudgetOfNothing, AssistantNotFound
    """
    if (wanted.assistant_id is None) == (wanted.user_id is None):
        raise BudgetOfNothing
    if wanted.most_queries is None and wanted.most_cents is None:
        raise BudgetOfNothing
    if wanted.assistant_id is not None and await assistants.find(session, wanted.assistant_id) is None:
        raise AssistantNotFound
    now, today = datetime.now(UTC), day_of(business_now)
    budget = Budget(
        tenant_id=member.tenant_id,
        id=new_id(),
        assistant_id=wanted.assistant_id,
        user_id=wanted.user_id,
        period=wanted.period,
        most_queries=wanted.most_queries,
        most_cents=wanted.most_cents,
        created_at=now,
        updated_at=now,
    )
    saved = await repository.save(session, budget)
    await _audit(session, member, "ai.budget.set", saved.id)
    return _answer(await repository.standing(session, saved.id, today=today, now=now), today)


async def remove(session: AsyncSession, member: Member, budget_id: UUID) -> None:
    """Raises BudgetNotFound."""
    if not await repository.remove(session, budget_id):
        raise BudgetNotFound
    await _audit(session, member, "ai.budget.removed", budget_id)


async def page(context: AiContext, tenant_id: UUID, paging: PageRequest) -> Page[BudgetAnswer]:
    """The newest first. Raises BadCursor."""
    before, today = None, day_of(context.clock.now())
    if paging.cursor is not None:
        before = UUID(context.cursors.decode(paging.cursor, tenant_id=tenant_id, query=LIST)[0])
    async with context.database.tenant_session(tenant_id) as session:
        found = await repository.page(
            session, before=before, limit=paging.limit + 1, today=today, now=datetime.now(UTC)
        )
    items, cursor = page_of(
        found,
        limit=paging.limit,
        cursor_after=lambda last: context.cursors.encode([last.budget.id], tenant_id=tenant_id, query=LIST),
    )
    return Page(items=[_answer(one, today) for one in items], next_cursor=cursor)


def _reached(standing: Standing, unit: Literal["queries", "cents"], today: date) -> ReachedBudget:
    budget, queries = standing.budget, unit == "queries"
    return ReachedBudget(
        budget_id=budget.id,
        of="person" if budget.assistant_id is None else "assistant",
        period=budget.period,
        unit=unit,
        most=(budget.most_queries if queries else budget.most_cents) or 0,
        used=Decimal(standing.used_queries) if queries else standing.used_cents,
        held=Decimal(standing.held_queries) if queries else standing.held_cents,
        renews_at=renews_at(budget.period, today),
    )


async def _audit(session: AsyncSession, member: Member, action: str, budget_id: UUID) -> None:
    await record_audit(
        session,
        tenant_id=member.tenant_id,
        actor=f"user:{member.user_id}",
        action=action,
        target=f"budget:{budget_id}",
        request_id=current_request_id(),
    )


def _answer(standing: Standing, today: date) -> BudgetAnswer:
    budget = standing.budget
    return BudgetAnswer(
        id=budget.id,
        assistant_id=budget.assistant_id,
        user_id=budget.user_id,
        period="month" if budget.period == "month" else "day",
        most_queries=budget.most_queries,
        most_cents=budget.most_cents,
        used_queries=standing.used_queries,
        used_cents=standing.used_cents,
        held_queries=standing.held_queries,
        renews_at=renews_at(budget.period, today),
        created_at=budget.created_at,
        updated_at=budget.updated_at,
    )
