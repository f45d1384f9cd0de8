"""Answers by a vendor's model: what it is sent, how they end where it fails, and what is charged."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from services.ai.answers.preparing import Question, prepare
from services.ai.answers.schemas import AnswerAnswer
from services.ai.answers.service import whole
from services.ai.context import AiContext
from services.ai.documents.access import Asker
from services.ai.limits.errors import BudgetReached
from services.ai.models import open_models
from tests.services.ai.bedrock import Bedrock, Break, Fault, Part, fake_bedrock
from tests.services.ai.models.forms import bedrock_settings
from tests.services.ai.people import PRICES, Business
from tests.support.billing import Billing

QUESTION = "What does a loaf of rye bread cost?"
CITED = 'It costs four euros [1: "costs four euros and twenty cents"].'


@dataclass
class Desk:
    """A business whose assistant knows the prices and asks Claude, in the fake of Bedrock."""

    context: AiContext
    business: Business
    billing: Billing
    claude: Bedrock
    assistant: UUID

    async def ask(self, text: str = QUESTION) -> AnswerAnswer:
        """How the answer ended."""
        owner = self.business.owner
        asker = Asker(user_id=owner.id, role="owner")
        question = Question(
            tenant_id=owner.tenant_id, assistant_id=self.assistant, asker=asker, text=text, channel="app"
        )
        return await whole(self.context, await prepare(self.context, question))

    async def used_and_held(self) -> tuple[int, int]:
        await self.business.hear_of_use(self.billing)
        use = await self.billing.use(self.business.id, "ai_queries_per_month")
        return use["used"], use["held"]


@asynccontextmanager
async def opened_desk(business: Business, billing: Billing, **times: float) -> AsyncIterator[Desk]:
    base = await business.owner.knowledge_base()
    await business.ready(base, PRICES)
    assistant = await business.owner.assistant(base)
    async with fake_bedrock() as claude, open_models([bedrock_settings(claude, **times)]) as models:
        yield Desk(replace(business.context, models=models), business, billing, claude, UUID(assistant))


@pytest.fixture
async def desk(business: Business, ai_billing: Billing) -> AsyncIterator[Desk]:
    async with opened_desk(business, ai_billing, first_timeout=30, between_timeout=30) as opened:
        yield opened


@pytest.fixture
async def hasty_desk(business: Business, ai_billing: Billing) -> AsyncIterator[Desk]:
    """One that waits for nothing."""
    async with opened_desk(business, ai_billing, first_timeout=0.2, between_timeout=0.2) as opened:
        yield opened


async def test_a_whole_answer_is_charged_with_its_price(desk: Desk) -> None:
    desk.claude.will_say(CITED)

    ended = await desk.ask()

    assert (ended.state, ended.found, len(ended.citations)) == ("done", True, 1)
    assert ended.receipt.model == "claude"
    assert float(ended.receipt.cents) > 0
    assert await desk.used_and_held() == (1, 0)


@pytest.mark.parametrize(
    "breaks",
    [
        Break.CUT,
        Break.TRUNCATED,
        Break.CORRUPT,
        Break.GARBLED,
        Break.MISSHAPEN,
        Break.ENDED,
        Fault("throttlingException"),
        Fault("modelStreamErrorException"),
    ],
)
async def test_an_answer_that_breaks_off_says_so_and_costs_nothing(desk: Desk, breaks: Part) -> None:
    desk.claude.will_say("It costs", breaks)

    ended = await desk.ask()

    assert (ended.state, ended.reason, ended.found) == ("failed", "model_broke", False)
    assert await desk.used_and_held() == (0, 0)


async def test_a_model_that_says_nothing_is_waited_for_no_longer_than_set(hasty_desk: Desk) -> None:
    hasty_desk.claude.will_hang()

    ended = await hasty_desk.ask()

    assert (ended.state, ended.reason) == ("failed", "model_too_slow")
    assert await hasty_desk.used_and_held() == (0, 0)


async def test_a_model_that_is_throttled_before_its_first_word_leaves_a_clear_state_and_no_charge(desk: Desk) -> None:
    desk.claude.will_refuse(429, "ThrottlingException", times=2)

    ended = await desk.ask()

    assert (ended.state, ended.reason, ended.text) == ("failed", "model_unavailable", "")
    assert await desk.used_and_held() == (0, 0)
    desk.claude.will_say(CITED)
    assert (await desk.ask()).state == "done"
    assert await desk.used_and_held() == (1, 0)


async def test_personal_data_stays_here_and_stands_in_the_answer(desk: Desk) -> None:
    owner = desk.business.owner
    base = await owner.knowledge_base()
    await desk.business.ready(base, b"Rye bread is ordered from Ada Kern by ada.kern@example.com at any hour.")
    desk.assistant = UUID(await owner.assistant(base, redacts=True))
    desk.claude.will_say("Write to [e-ma", 'il 1] [1: "is ordered from Ada Kern by [e-mail', ' 1] at any"].')

    ended = await desk.ask("By which e-mail do I order rye bread?")

    assert "ada.kern@example.com" not in str(desk.claude.asked)
    assert ended.text == "Write to ada.kern@example.com."
    assert [one.quote for one in ended.citations] == ["is ordered from Ada Kern by ada.kern@example.com at any"]


async def test_an_answer_that_may_cost_more_than_is_left_of_a_budget_is_not_begun(desk: Desk) -> None:
    budget = {"assistant_id": str(desk.assistant), "period": "day", "most_queries": None}
    await desk.business.owner.ask("PUT", "/v1/ai-budgets", {**budget, "most_cents": 1})

    with pytest.raises(BudgetReached):
        await desk.ask()

    assert (desk.claude.asked, await desk.used_and_held()) == ([], (0, 0))
    await desk.business.owner.ask("PUT", "/v1/ai-budgets", {**budget, "most_cents": 100})
    desk.claude.will_say(CITED)
    assert (await desk.ask()).state == "done"


async def test_a_model_that_finds_nothing_in_the_passages_is_paid_all_the_same(desk: Desk) -> None:
    desk.claude.will_say('[0: "not in the sources"]\nThe documents do not tell.')

    ended = await desk.ask()

    assert (ended.state, ended.found, ended.citations) == ("done", False, [])
    assert await desk.used_and_held() == (1, 0)
