"""The languages that people are written to in, and the one that a visitor's browser asks for."""

import re

from pydantic_core import PydanticCustomError

KNOWN = ("en", "de")
DEFAULT = KNOWN[0]
PATTERN = rf"^({'|'.join(KNOWN)})(-[A-Za-z0-9]{{2,8}})*$"
"""A BCP 47 tag of a known language, such as `de` or `de-AT` (RFC 5646 §2.1, without what begins with `x-`)."""
_TAG = re.compile(PATTERN)
_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?")
_LONGEST_HEADER = 1000


def check_locale(tag: str) -> str:
    """The tag. Raises PydanticCustomError `locale_unknown` for another language, or what is no tag."""
    if _TAG.fullmatch(tag) is None:
        known = ", ".join(KNOWN)
        raise PydanticCustomError("locale_unknown", "Use the tag of a known language: {known}.", {"known": known})
    return tag


def preferred_language(accept_language: str | None) -> str:
    """The known language that the header `Accept-Language` ranks highest (RFC 9110 §12.5.4), or English.

    A region is left out: most browsers name the one they were installed with, not the one their user lives in.
    """
    ranked: dict[str, float] = {}
    for entry in (accept_language or "")[:_LONGEST_HEADER].split(","):
        found = _RANGE.fullmatch(entry)
        if found is not None and (language := found[1].lower()) in KNOWN:
            ranked.setdefault(language, float(found[2] or 1))
    wanted = [language for language, quality in ranked.items() if quality > 0]
    return max(wanted, key=lambda language: ranked[language], default=DEFAULT)
