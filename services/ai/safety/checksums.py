"""Numbers that check themselves: whether digits are a card's, an account's or a German tax payer's."""

import re
from collections import Counter

# Countries by length, from SWIFT's IBAN registry (ISO 13616-2).
_IBAN_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_IBAN_LENGTHS = {country: length for length, countries in _IBAN_COUNTRIES.items() for country in countries.split()}
# Beginning and lengths of card numbers, as the networks publish them (ISO/IEC 7812).
_CARDS = (
    (re.compile(r"4"), (16, 13, 19)),
    (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), (16,)),
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"6(?:011|5|4[4-9])"), (16, 19)),
    (re.compile(r"3(?:0[0-5]|[68])"), (14,)),
    (re.compile(r"35(?:2[89]|[3-8])"), (16,)),
)


def card_length(digits: str) -> int | None:
    """How many of `digits`, from the first one, are the number of a payment card."""
    for beginning, lengths in _CARDS:
        if beginning.match(digits):
            for length in lengths:
                if len(digits) >= length and luhn(digits[:length]):
                    return length
    return None


def luhn(digits: str) -> bool:
    """The check of ISO/IEC 7812-1, Annex B."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def iban_length(characters: str) -> int | None:
    """How many of `characters` (capitals and digits), from the first one, are an IBAN (ISO 13616-1, §5)."""
    length = _IBAN_LENGTHS.get(characters[:2])
    if length is None or len(characters) < length:
        return None
    turned = characters[4:length] + characters[:4]
    return length if int("".join(str(int(one, 36)) for one in turned)) % 97 == 1 else None


def is_tax_id(digits: str) -> bool:
    """A German tax identification number: eleven digits, ISO/IEC 7064 MOD 11,10, and in the first ten one digit twice
    or three times and no other more than once (§ 139b AO; Bundeszentralamt für Steuern)."""
    if len(digits) != 11 or digits[0] == "0":
        return False
    repeated = [times for times in Counter(digits[:10]).values() if times > 1]
    if repeated not in ([2], [3]):
        return False
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])
