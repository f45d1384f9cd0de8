"""The parts without I/O: periods, cards, money, forms."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.stripe.calendar import next_boundary
from sandbox.stripe.cards import TEST_CARDS, passes_luhn, read_card
from sandbox.stripe.errors import InvalidRequest
from sandbox.stripe.money import format_money
from sandbox.stripe.wire import decode_form, public

NOW = datetime(2026, 5, 10, tzinfo=UTC)


def at(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())


def test_the_31st_comes_back_after_a_short_month() -> None:
    anchor = at(2026, 1, 31)
    ends = [anchor]
    for _ in range(4):
        ends.append(next_boundary(anchor, after=ends[-1], interval="month", count=1))
    assert ends[1:] == [at(2026, 2, 28), at(2026, 3, 31), at(2026, 4, 30), at(2026, 5, 31)]


def test_a_leap_day_is_billed_on_the_28th_in_other_years() -> None:
    assert next_boundary(at(2028, 2, 29), after=at(2028, 2, 29), interval="year", count=1) == at(2029, 2, 28)


@given(
    anchor=st.integers(0, 4 * 10**9),
    later=st.integers(0, 10**8),
    interval=st.sampled_from(["day", "week", "month", "year"]),
    count=st.integers(1, 12),
)
def test_the_next_boundary_is_later_and_the_one_before_it_is_not(
    anchor: int, later: int, interval: str, count: int
) -> None:
    after = anchor + later
    boundary = next_boundary(anchor, after=after, interval=interval, count=count)
    assert boundary > after
    assert next_boundary(anchor, after=boundary - 1, interval=interval, count=count) == boundary


def test_every_test_card_passes_luhn() -> None:
    assert all(passes_luhn(number) for number in TEST_CARDS)
    assert not passes_luhn("4242424242424241")


def test_a_card_is_valid_until_the_end_of_its_month() -> None:
    fields = {"card_number": "4242-4242 4242 4242", "exp_month": "5", "exp_year": "26", "cvc": "123"}
    card, faults = read_card(fields, now=NOW)
    assert faults == {}
    assert card is not None
    assert (card.number, card.exp_month, card.exp_year) == ("4242424242424242", 5, 2026)
    _, faults = read_card({**fields, "exp_month": "4"}, now=NOW)
    assert faults == {"exp_year": "Your card has expired."}


def test_an_empty_form_names_every_field() -> None:
    assert set(read_card({}, now=NOW)[1]) == {"card_number", "exp_month", "exp_year", "cvc"}


@given(st.dictionaries(st.sampled_from(["card_number", "exp_month", "exp_year", "cvc"]), st.text(max_size=30)))
def test_no_input_breaks_the_reading_of_a_card(fields: dict[str, str]) -> None:
    card, faults = read_card(fields, now=NOW)
    assert (card is None) == bool(faults)


def test_money_is_shown_by_its_currency() -> None:
    assert format_money(129900, "usd") == "USD 1,299.00"
    assert format_money(1299, "jpy") == "JPY 1,299"


def test_forms_nest_by_names_and_indices() -> None:
    decoded = decode_form("a=1&items[0][price]=p&items[1][price]=q&metadata[x]=%C3%A4&list[]=1&list[]=2")
    assert decoded == {
        "a": "1",
        "items": {"0": {"price": "p"}, "1": {"price": "q"}},
        "metadata": {"x": "ä"},
        "list": {"0": "1", "1": "2"},
    }


@given(st.text(max_size=60))
def test_a_form_is_decoded_or_refused_never_anything_else(text: str) -> None:
    with suppress(InvalidRequest):
        assert isinstance(decode_form(text), dict)


@pytest.mark.parametrize("text", ["a=1&a[b]=2", "a[b]=1&a=2", "a[=1", "[a]=1"])
def test_contradicting_keys_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        decode_form(text)


def test_inner_members_never_leave_the_sandbox() -> None:
    assert public({"a": [{"_b": 1, "c": 2}], "_d": 3}) == {"a": [{"c": 2}]}
