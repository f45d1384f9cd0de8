"""Stripe's test cards and what becomes of them (https://docs.stripe.com/testing)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

When = Literal["never", "always", "later", "authentication"]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why an issuer refuses: Stripe's `code`, `decline_code` and sentence."""

    code: str
    decline_code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class TestCard:
    """`refused` says when: a `later` card passes while its owner pays at the page and fails at renewals."""

    __test__ = False

    number: str
    brand: str
    note: str
    refused: When = "never"
    refusal: Refusal | None = None


@dataclass(frozen=True, kw_only=True)
class CardInput:
    """A card as typed: the number without blanks, the year with four digits."""

    number: str
    exp_month: int
    exp_year: int


_DECLINED = Refusal(code="card_declined", decline_code="generic_decline", message="Your card was declined.")
_NO_FUNDS = Refusal(
    code="card_declined", decline_code="insufficient_funds", message="Your card has insufficient funds."
)
_LOST = Refusal(code="card_declined", decline_code="lost_card", message="Your card was declined.")
_STOLEN = Refusal(code="card_declined", decline_code="stolen_card", message="Your card was declined.")
_EXPIRED = Refusal(code="expired_card", decline_code="expired_card", message="Your card has expired.")
_BAD_CVC = Refusal(
    code="incorrect_cvc", decline_code="incorrect_cvc", message="Your card's security code is incorrect."
)
_PROCESSING = Refusal(
    code="processing_error",
    decline_code="processing_error",
    message="An error occurred while processing your card. Try again in a little bit.",
)
_NEEDS_3DS = Refusal(
    code="authentication_required",
    decline_code="authentication_required",
    message="This card asks for 3D Secure, which is not supported by this sandbox. Use another test card.",
)
NOT_A_TEST_CARD = Refusal(
    code="card_declined",
    decline_code="test_mode_live_card",
    message="Your card was declined. This is a sandbox: only the listed test cards work, never use a real card.",
)
NO_PAYMENT_METHOD = Refusal(
    code="payment_method_missing",
    decline_code="payment_method_missing",
    message="The customer has no default payment method.",
)

_CARDS = (
    TestCard(number="4242424242424242", brand="visa", note="pays"),
    TestCard(number="5555555555554444", brand="mastercard", note="pays"),
    TestCard(number="378282246310005", brand="amex", note="pays"),
    TestCard(number="4000000000000002", brand="visa", note="is declined", refused="always", refusal=_DECLINED),
    TestCard(
        number="4000000000009995", brand="visa", note="has insufficient funds", refused="always", refusal=_NO_FUNDS
    ),
    TestCard(
        number="4000000000000341",
        brand="visa",
        note="pays now, fails at later charges",
        refused="later",
        refusal=_DECLINED,
    ),
    TestCard(number="4000000000009987", brand="visa", note="is a lost card", refused="always", refusal=_LOST),
    TestCard(number="4000000000009979", brand="visa", note="is a stolen card", refused="always", refusal=_STOLEN),
    TestCard(number="4000000000000069", brand="visa", note="is expired", refused="always", refusal=_EXPIRED),
    TestCard(number="4000000000000127", brand="visa", note="has a wrong CVC", refused="always", refusal=_BAD_CVC),
    TestCard(
        number="4000000000000119", brand="visa", note="fails in processing", refused="always", refusal=_PROCESSING
    ),
    *(
        TestCard(
            number=number,
            brand="visa",
            note="asks for 3D Secure (refused here)",
            refused="authentication",
            refusal=_NEEDS_3DS,
        )
        for number in ("4000000000003220", "4000002500003155", "4000002760003184")
    ),
)
TEST_CARDS = {card.number: card for card in _CARDS}

TEST_METHODS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeCustomerFail": "4000000000000341",
}
"""Ids that Stripe knows in every test account; attaching one makes a payment method of that card."""


def refusal_of(number: str, *, on_session: bool) -> Refusal | None:
    """Why a charge of this card fails; `on_session` while its owner is at the page."""
    card = TEST_CARDS.get(number)
    if card is None:
        return NOT_A_TEST_CARD
    return None if card.refused == "never" or (card.refused == "later" and on_session) else card.refusal


def passes_luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def read_card(fields: dict[str, str], *, now: datetime) -> tuple[CardInput | None, dict[str, str]]:
    """The card, or what is wrong with each of `card_number`, `exp_month`, `exp_year`, `cvc`."""
    number = "".join(fields.get("card_number", "").replace("-", " ").split())
    month, year = _whole(fields.get("exp_month", "")), _whole(fields.get("exp_year", ""))
    year = 2000 + year if year is not None and year < 100 else year
    faults: dict[str, str] = {}
    if not number:
        faults["card_number"] = "Enter the card number."
    elif not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19 and passes_luhn(number)):
        faults["card_number"] = "Your card number is invalid."
    if month is None or not 1 <= month <= 12:
        faults["exp_month"] = "Enter the month of expiry, 1 to 12."
    if year is None or not 2000 <= year <= now.year + 50:
        faults["exp_year"] = "Enter the year of expiry, such as 2031."
    elif "exp_month" not in faults and (year, month) < (now.year, now.month):
        faults["exp_year"] = "Your card has expired."
    cvc = fields.get("cvc", "").strip()
    if not (cvc.isascii() and cvc.isdigit() and len(cvc) in {3, 4}):
        faults["cvc"] = "Enter the security code: three or four digits."
    if faults or month is None or year is None:
        return None, faults
    return CardInput(number=number, exp_month=month, exp_year=year), {}


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
