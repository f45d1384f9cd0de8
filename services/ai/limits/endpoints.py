"""Budgets, and what was used."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from libs.common.paging import Page
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, problem_responses
from services.ai.assistants.errors import AssistantNotFound
from services.ai.deps import Context, Managing, Paging
from services.ai.limits import budgets
from services.ai.limits.errors import BudgetNotFound, BudgetOfNothing
from services.ai.limits.periods import day_of, month_begin
from services.ai.limits.schemas import MONTH, BudgetAnswer, NewBudget, UseAnswer
from services.ai.limits.use import use_of

router = APIRouter(prefix="/v1", tags=["Assistant"])


@router.get(
    "/ai-budgets",
    operation_id="list_ai_budgets",
    summary="List budgets",
    responses=problem_responses(Unauthenticated, Forbidden, BadCursor),
)
async def list_ai_budgets(member: Managing, context: Context, paging: Paging) -> Page[BudgetAnswer]:
    """Of assistants and people, the newest first, each with what its present period has taken."""
    return await budgets.page(context, member.tenant_id, paging)


@router.put(
    "/ai-budgets",
    operation_id="put_ai_budget",
    summary="Set a budget",
    responses=problem_responses(Unauthenticated, Forbidden, AssistantNotFound, BudgetOfNothing),
)
async def put_ai_budget(body: NewBudget, member: Managing, context: Context) -> BudgetAnswer:
    """For an assistant or a person, and a day or a month; it takes the place of the one that they have for that.

    What was used in the present period counts. Whoever asks beyond it is answered 409 `budget_reached`.
    """
    async with context.database.tenant_session(member.tenant_id) as session:
        return await budgets.put(session, member, body, business_now=context.clock.now())


@router.delete(
    "/ai-budgets/{budget_id}",
    operation_id="delete_ai_budget",
    summary="Delete a budget",
    status_code=204,
    responses=problem_responses(Unauthenticated, Forbidden, BudgetNotFound),
)
async def delete_ai_budget(budget_id: UUID, member: Managing, context: Context) -> None:
    """Only the plan's limit, and other budgets, hold from now on."""
    async with context.database.tenant_session(member.tenant_id) as session:
        await budgets.remove(session, member, budget_id)


@router.get(
    "/ai-use",
    operation_id="get_ai_use",
    summary="Read what assistants were used for",
    responses=problem_responses(Unauthenticated, Forbidden),
)
async def get_ai_use(
    member: Managing,
    context: Context,
    month: Annotated[
        str | None, Query(pattern=MONTH, examples=["2026-11"], description="The present one if not said.")
    ] = None,
) -> UseAnswer:
    """The queries, tokens and cents of a calendar month (UTC): in all, by day, by assistant, and by person."""
    first = month_begin(day_of(context.clock.now())) if month is None else date.fromisoformat(f"{month}-01")
    async with context.database.tenant_session(member.tenant_id) as session:
        return await use_of(session, first)
