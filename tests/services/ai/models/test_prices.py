"""What answers cost."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.ai.models import Usage
from services.ai.models.prices import estimate, find_price, price_of
from tests.services.ai.models.asking import question

HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"


def test_each_kind_of_token_has_its_price() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=10, cache_read_tokens=2_000_000, cache_write_tokens=4)

    assert price_of(f"global.{HAIKU}", usage) == Decimal(100) + Decimal("0.005") + 20 + Decimal("0.0005")


@pytest.mark.parametrize(
    ("name", "cents"),
    [
        (HAIKU, 110),
        (f"eu.{HAIKU}", 110),
        (f"global.{HAIKU}", 100),
        (f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.{HAIKU}", 100),
        ("us.amazon.nova-micro-v1:0", Decimal("3.5")),
        ("openai/gpt-4o-mini", 15),
    ],
)
def test_a_model_is_known_by_each_of_its_names(name: str, cents: Decimal) -> None:
    price = find_price(name)

    assert price is not None
    assert price.input == cents


def test_a_model_without_a_price_costs_nothing_and_says_so() -> None:
    assert find_price("house-model") is None
    assert price_of("house-model", Usage(input_tokens=10**9, output_tokens=1)) == 0
    assert not estimate("house-model", question()).known


def test_the_local_answerer_is_known_to_cost_nothing() -> None:
    price = estimate("extractive", question())

    assert price.known
    assert price.least == price.most == 0


def test_an_estimate_holds_what_the_answer_then_costs() -> None:
    request = question()
    price = estimate(HAIKU, request)
    warm = Usage(input_tokens=40, output_tokens=30, cache_read_tokens=600)
    longest = Usage(input_tokens=700, output_tokens=request.most_tokens, cache_write_tokens=100)

    assert price.known
    assert price.least < price_of(HAIKU, warm) < price_of(HAIKU, longest) < price.most


def test_more_tokens_may_cost_more() -> None:
    assert estimate(HAIKU, replace(question(), most_tokens=4000)).most > estimate(HAIKU, question()).most
