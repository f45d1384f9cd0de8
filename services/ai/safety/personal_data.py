"""Where a text has what identifies a person: addresses, account and card numbers, identifiers, dates of birth.

Linear in the length of the text: a pattern begins only where a run of its characters begins, what it repeats is
bounded, and around each word that announces something a stretch of fixed length is looked at.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Literal

from services.ai.safety.checksums import card_length, iban_length, is_tax_id
from services.ai.safety.phone_numbers import is_labelled, phone_numbers

Kind = Literal["e-mail", "iban", "card", "ip", "ssn", "tax-id", "birth-date", "phone"]
Place = tuple[int, int]
_AT = r"(?:@|\s?[\[(](?:at|ät)[\])]\s?)"
_DOT = r"(?:\.|\s?[\[(](?:dot|punkt|point)[\])]\s?)"
_EMAIL = re.compile(
    rf"(?<![\w.+%-])[\w.+%-]{{1,64}}+{_AT}(?:[^\W_][\w-]{{0,62}}+{_DOT}){{1,8}}[^\W\d_]{{2,24}}(?![\w-])",
    re.IGNORECASE,
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?:[ \xa0-]?[A-Z0-9]){11,30}", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w.,+-])\d(?:[ \xa0-]?\d){12,22}")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{3,39}+(?![\w:])")
_NO_ADDRESS = re.compile(
    r"(?:\bv|version|release|build|firmware|section|chapter|abschnitt|kapitel|§)[ .:]{0,3}\Z", re.IGNORECASE
)
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_NAMED_SSN = re.compile(
    r"\b(?:ssn|social security)(?: number| no\.?)?[:#\s]{0,4}"
    r"((?!000|666|9)\d{3}[ -]?(?!00)\d{2}[ -]?(?!0000)\d{4})(?!\d)",
    re.IGNORECASE,
)
_TAX_ID = re.compile(r"(?<![\w.,/-])[1-9]\d[ \xa0]?\d{3}[ \xa0]?\d{3}[ \xa0]?\d{3}(?![\w/-]|[.,]\d)")
_BIRTH = re.compile(
    r"\b(?:born|birth|birthday|birthdate|dob|d\.o\.b|geboren|geburtsdatum|geburtstag|geb\.|née?|naissance|anniversaire|"
    r"nacid[oa]|nació|nacimiento|nat[oa]|nascita|nascid[oa]|nascimento|geboortedatum|urodzon[yae]|urodzenia|doğum|"
    r"родил[аи]?с[ья]|рождения)(?!\w)|出生|生日|生年月日|تاريخ الميلاد|مواليد",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d{2})|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}"
    r"|\d{1,2}(?:st|nd|rd|th|er|[.º])?[ \xa0](?:of |de )?[^\W\d_]{3,12}\.?,?[ \xa0](?:de )?(?:19|20)\d{2}"
    r"|(?:19|20)\d{2}年\d{1,2}月\d{1,2}日)(?!\d)"
    r"|(?<!\w)[^\W\d_]{3,12}\.?[ \xa0]\d{1,2}(?:st|nd|rd|th)?,?[ \xa0](?:19|20)\d{2}(?!\d)",
    re.IGNORECASE,
)
_NEAR = 48


def _emails(text: str, _language: str) -> Iterator[Place]:
    return (match.span() for match in _EMAIL.finditer(text))


def _ibans(text: str, _language: str) -> Iterator[Place]:
    for match in _IBAN.finditer(text):
        length = iban_length(re.sub(r"[^A-Z0-9]", "", match.group().upper()))
        if length is not None:
            end = _end_of(match, length, str.isalnum)
            if not text[end : end + 1].isalnum():
                yield match.start(), end


def _cards(text: str, _language: str) -> Iterator[Place]:
    for match in _CARD.finditer(text):
        length = card_length(re.sub(r"\D", "", match.group()))
        if length is not None and not is_labelled(text, match.start()):
            end = _end_of(match, length, str.isdigit)
            if not text[end : end + 1].isalnum():
                yield match.start(), end


def _ip_addresses(text: str, _language: str) -> Iterator[Place]:
    for match in _IPV4.finditer(text):
        if _is_address(IPv4Address, match.group()) and not _NO_ADDRESS.search(
            text, max(0, match.start() - 16), match.start()
        ):
            yield match.span()
    for match in _IPV6.finditer(text):
        groups = [group for group in match.group().split(":") if group]
        if len(groups) > 1 and re.search(r"\d", match.group()) and _is_address(IPv6Address, match.group()):
            yield match.span()


def _is_address(kind: type[IPv4Address] | type[IPv6Address], text: str) -> bool:
    try:
        kind(text)
    except AddressValueError:
        return False
    return True


def _ssns(text: str, _language: str) -> Iterator[Place]:
    yield from (match.span() for match in _SSN.finditer(text))
    yield from (match.span(1) for match in _NAMED_SSN.finditer(text))


def _tax_ids(text: str, _language: str) -> Iterator[Place]:
    for match in _TAX_ID.finditer(text):
        if is_tax_id(re.sub(r"\D", "", match.group())):
            yield match.span()


def _birth_dates(text: str, _language: str) -> Iterator[Place]:
    """The first date after a word that announces one, else the last one before it, in its line."""
    for word in _BIRTH.finditer(text):
        after = _DATE.search(text, word.end(), _line_end(text, word.end()))
        if after is not None:
            yield after.span()
            continue
        start = max(text.rfind("\n", 0, word.start()) + 1, word.start() - _NEAR)
        before = list(_DATE.finditer(text, start, word.start()))
        if before:
            yield before[-1].span()


def _line_end(text: str, start: int) -> int:
    found = text.find("\n", start, start + _NEAR)
    return start + _NEAR if found < 0 else found


def _end_of(match: re.Match[str], length: int, counts: Callable[[str], bool]) -> int:
    """Where the character number `length` of those that count ends."""
    for place, character in enumerate(match.group(), start=match.start()):
        length -= counts(character)
        if length == 0:
            return place + 1
    return match.end()


FINDERS: Mapping[Kind, Callable[[str, str], Iterator[Place]]] = {
    "e-mail": _emails,
    "iban": _ibans,
    "card": _cards,
    "ip": _ip_addresses,
    "ssn": _ssns,
    "tax-id": _tax_ids,
    "birth-date": _birth_dates,
    "phone": phone_numbers,
}
"""By text and language (ISO 639-1); what an earlier one found is hidden from the later ones."""
