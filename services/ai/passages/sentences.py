"""Where sentences begin and end. Time grows with the text's length only, whatever the text is."""

import re

from services.ai.passages.abbreviations import BY_LANGUAGE, ENGLISH, Abbreviations

_CLOSERS = "\"'”’“»«›‹)\\]}」』】）〉》"
_OPENERS = "\"'“‘„‚”»«›‹(\\[{「『【（〈《¿¡§#"
# Possessive (`++`), so that a line of ten thousand dots is read once. Each alternative is a place to look at:
_CANDIDATE = re.compile(
    rf"(?P<wide>[。！？｡．؟۔।॥։።။។]++)[{_CLOSERS}]*+"
    rf"|(?P<stop>[.!?…]++)(?P<closers>[{_CLOSERS}]*+)"
    r"|(?P<line>\n(?:[^\S\n]*+\n)++|\n(?=\||[-*•–▪◦‣] ))"
    r"|(?P<item>\n(?=\d{1,3}[.)] ))"
)
_SPACE = re.compile(r"\s*+")
_BULLET = re.compile(r"[-*•–▪◦‣]\s+")
_NEXT = re.compile(rf"[{_OPENERS}]*+(\w[\w’'-]{{0,30}}+)?")
_LAST_TOKEN = re.compile(r"[^\W_]+(?:\.[^\W_]+)*\Z")
_WORD = re.compile(r"\w")
_ROMAN = re.compile(r"[IVXLC]+\Z")
_LOOK_BACK = 24


def sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Start and end of each sentence in `text`, in order, without the white space and list bullets around it.

    `language` is an ISO 639-1 code; what is not known follows the rules of English. A blank line, a row of a Markdown
    table and an item of a list end a sentence too. Each word of the text is in exactly one sentence.
    """
    rules = BY_LANGUAGE.get(language, ENGLISH)
    found: list[tuple[int, int]] = []
    start = _skip(text, 0)
    for candidate in _CANDIDATE.finditer(text):
        if candidate.start() >= start and _ends(text, start, candidate, rules):
            _add(found, text, start, candidate.end())
            start = _skip(text, candidate.end())
    _add(found, text, start, len(text))
    return found


def _skip(text: str, position: int) -> int:
    """The next place where a sentence may begin."""
    match = _SPACE.match(text, position)
    position = match.end() if match else position
    bullet = _BULLET.match(text, position)
    return bullet.end() if bullet and (position == 0 or text[position - 1] == "\n") else position


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while end > start and text[end - 1].isspace():
        end -= 1
    if _WORD.search(text, start, end):
        found.append((start, end))


def _ends(text: str, start: int, candidate: re.Match[str], rules: Abbreviations) -> bool:
    kind = candidate.lastgroup if candidate.lastgroup != "closers" else "stop"
    if kind == "line":
        return True
    if kind == "item":
        return not rules.ordinals  # "am\n3. Oktober" is no item
    if kind == "wide":
        # 「…。」と: the quotation is part of a longer sentence.
        quoted = candidate.end() > candidate.end("wide")
        return not (quoted and text[candidate.end() : candidate.end() + 1] in tuple("とっ、，,"))
    return _stop_ends(text, start, candidate, rules)


def _stop_ends(text: str, start: int, candidate: re.Match[str], rules: Abbreviations) -> bool:
    end = candidate.end()
    if end < len(text) and not text[end].isspace():
        return False  # 3.14, example.com
    space = _SPACE.match(text, end)
    after = _NEXT.match(text, space.end() if space else end)
    following = (after.group(1) if after else None) or ""
    stop = candidate.group("stop")
    if following[:1].islower():
        return stop[-1] in "!?" and not candidate.group("closers")
    if stop != "." or not following:
        return True
    return not _abbreviated(text, start, candidate.start(), following, rules)


def _abbreviated(text: str, start: int, dot: int, following: str, rules: Abbreviations) -> bool:
    """Whether the dot belongs to the word before it and ends nothing."""
    match = _LAST_TOKEN.search(text[max(start, dot - _LOOK_BACK) : dot])
    if match is None:
        return False
    token = match.group()
    if token.isdecimal():
        at_start = start + len(token) == dot  # "1. Introduction"
        return at_start or (rules.ordinals and len(token) <= 2 and following.casefold() not in rules.starters)
    if rules.ordinals and _ROMAN.match(token):
        return True
    word = token.casefold()
    if word in rules.open:
        return True
    if word in rules.numbered and following[0].isdecimal():
        return True
    initials = all(len(part) == 1 for part in word.split("."))
    return (initials or word in rules.final) and following.casefold() not in rules.starters
