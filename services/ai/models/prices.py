"""What answers cost: prices per model, the price of an answer, and what one may cost before it is asked for."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from libs.common.yaml_files import read_yaml
from services.ai.models.port import ModelRequest, Usage
from services.ai.models.prompt import prompt_of

PRICES_FILE = Path(__file__).with_name("prices.yaml")
CURRENCY = "USD"
_MILLION = 1_000_000
# A token is about four letters of English; three bytes of most other scripts may be one token, or two.
_MOST_BYTES_PER_TOKEN, _BYTES_PER_TOKEN, _LEAST_BYTES_PER_TOKEN = 6, 4, 2
_REGION = re.compile(r"^(?:us|us-gov|eu|apac|jp|au|ca|global)\.")


class Price(BaseModel):
    """US cents for a million tokens of each kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    cache_read: Decimal = Field(ge=0)
    cache_write: Decimal = Field(ge=0)


class _Prices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: date
    models: dict[str, Price]


@dataclass(frozen=True, kw_only=True)
class PriceRange:
    """What an answer may cost, in US cents. `known` is false for a model without a price: then both are 0."""

    least: Decimal
    most: Decimal
    known: bool


def find_price(model: str) -> Price | None:
    """The price of the vendor's `model`, also where an ARN or an inference profile names it; None if not known."""
    prices, name = _load().models, model.rsplit("/", 1)[-1]
    return prices.get(name) or prices.get(_REGION.sub("", name))


def price_of(model: str, usage: Usage) -> Decimal:
    """What `usage` of the vendor's `model` costs in US cents, not rounded; 0 for a model without a price."""
    price = find_price(model)
    if price is None:
        return Decimal(0)
    return (
        price.input * usage.input_tokens
        + price.output * usage.output_tokens
        + price.cache_read * usage.cache_read_tokens
        + price.cache_write * usage.cache_write_tokens
    ) / _MILLION


def estimate(model: str, request: ModelRequest) -> PriceRange:
    """What the answer to `request` may cost: at least a word from a warm cache, at most all tokens it may use.

    Raises:
        ModelRefused: the request holds no question.
    """
    length = prompt_of(request, name=model).length
    price = find_price(model)
    if price is None:
        return PriceRange(least=Decimal(0), most=Decimal(0), known=False)
    least = min(price.input, price.cache_read) * (length // _MOST_BYTES_PER_TOKEN) + price.output
    most = most_cents(model, prompt_bytes=length, answer_tokens=request.most_tokens)
    return PriceRange(least=least / _MILLION, most=most, known=True)


def most_cents(model: str, *, prompt_bytes: int, answer_tokens: int) -> Decimal:
    """What an answer of so many tokens costs at the most, in US cents; 0 for a model without a price."""
    price = find_price(model)
    if price is None:
        return Decimal(0)
    most_input = max(price.input, price.cache_write) * (prompt_bytes // _LEAST_BYTES_PER_TOKEN + 1)
    return (most_input + price.output * answer_tokens) / _MILLION


def estimated_usage(*, prompt_bytes: int, answer_bytes: int) -> Usage:
    """What an answer probably used, where its vendor did not say."""
    return Usage(
        input_tokens=-(-prompt_bytes // _BYTES_PER_TOKEN),
        output_tokens=-(-answer_bytes // _BYTES_PER_TOKEN),
        estimated=True,
    )


@cache
def _load() -> _Prices:
    return _Prices.model_validate(read_yaml(PRICES_FILE))
