"""Telephone numbers, told from order numbers, dates and prices by how they are written and what stands before them.

Formats: international (ITU-T E.123, E.164), and the national ones of Germany (DIN 5008), France, the United Kingdom and
the United States.
"""

import re
from collections.abc import Iterator

_GAP = r"[ \xa0./–-]{0,2}"
_NO_DATE = r"(?!\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}(?!\d))"
_NUMBER = re.compile(
    r"(?<![\w+.,/-])(?:"
    r"(?P<international>(?:\((?:\+|00)[1-9]\d{0,2}\)|(?:\+ ?|00)[1-9]\d{0,2})"
    rf"(?:{_GAP}\(\d{{1,5}}\))?(?:{_GAP}\d){{5,13}})"
    r"|(?P<american>(?:1[ .-])?(?:\([2-9]\d{2}\)[ .-]?|[2-9]\d{2}[.-])[2-9]\d{2}[ .-]\d{4})"
    rf"|{_NO_DATE}(?P<trunk>(?:\(0[1-9]\d{{0,4}}\)|0[1-9]\d{{0,4}})(?:{_GAP}\d){{4,10}})"
    r")(?!\w|:\d|[.,/-]\d)"
)
_ANNOUNCED = re.compile(
    r"\b(?:tel|telephone|telefon|téléphone|teléfono|telefono|telefone|phone|fon|fax|mobile?|mobil|handy|cell|call|gsm|"
    r"whatsapp|hotline|anruf|rufnummer|telefonnummer|durchwahl)\b(?:[ .:-]{0,2}(?:nr|no|number|nummer))?"
    rf"[^\w\n]{{0,6}}(?P<number>(?:\+|\()?\d(?:[()]?{_GAP}[()]?\d){{5,14}})(?!\w|:\d|[.,/-]\d)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:order|invoice|customer|article|item|tracking|reference|ref|case|ticket|contract|policy|account|serial|id|sku|"
    r"bestell\w*|rechnung\w*|auftrag\w*|kunden\w*|artikel\w*|vertrag\w*|sendung\w*|akten\w*|vorgang\w*|"
    r"commande|facture|référence|pedido|factura|fattura|ordine|fatura|bestelling|factuur|zamówieni\w*|faktur\w*)"
    r"(?:[ .:#-]{0,2}(?:n[or°º]|num|number|nummer|numéro|número|numero|code))?[\s.:#-]{0,4}\Z|(?:\bn[°º]|#)\s?\Z",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(r"(?:[€$£¥]|\b(?:EUR|USD|GBP|CHF))\s?\Z")
_MONEY_AFTER = re.compile(r"\s?(?:[€$£¥%]|(?:EUR|USD|GBP|CHF|Euros?|Stück|pcs|km|kg)\b)")
_MOBILE = {"de": re.compile(r"01[567]\d{8,9}"), "fr": re.compile(r"0[67]\d{8}"), "en": re.compile(r"07\d{9}")}
"""What is a mobile number without any gap, by the language of the text."""
_LOOK_BACK = 40


def phone_numbers(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Where they start and end. `language` (ISO 639-1) says which country's mobile numbers are known without gaps."""
    announced = [match.span("number") for match in _ANNOUNCED.finditer(text)]
    yield from announced
    taken = {place for start, end in announced for place in range(start, end)}
    for match in _NUMBER.finditer(text):
        if match.start() not in taken and _is_number(match, language):
            yield match.span()


def is_labelled(text: str, start: int) -> bool:
    """Whether what starts there is said to be the number of an order or the like."""
    return _LABEL.search(text, max(0, start - _LOOK_BACK), start) is not None


def _is_number(match: re.Match[str], language: str) -> bool:
    text, written = match.string, match.group()
    if is_labelled(text, match.start()) or _MONEY_AFTER.match(text, match.end()):
        return False
    if _MONEY_BEFORE.search(text, max(0, match.start() - 5), match.start()):
        return False
    digits = re.sub(r"\D", "", written)
    bare = written == digits
    if match.lastgroup == "american":
        return True
    if match.lastgroup == "international":
        return (11 if bare else 8) <= len(digits) <= 17
    if bare:
        mobile = _MOBILE.get(language)
        return mobile is not None and mobile.fullmatch(digits) is not None
    least = 8 if "(" in written or "/" in written else 9
    return least <= len(digits) <= 12
