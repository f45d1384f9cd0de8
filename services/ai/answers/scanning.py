"""Decides what stands at one place of an answer: a citation's mark, a link, an image, a tag, a URL, or just its sign.

Each decision rests on at most `MOST_AHEAD` signs and is put off (`NeedMore`) while signs that are still to come could
change it. So it is the same however the answer comes in pieces. What passes for Markdown here is wider than Markdown
is (https://spec.commonmark.org/0.31.2/): escapes and code are not excepted, lest a renderer that reads them in another
way finds a link where none was seen.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from services.ai.answers.links import URL, KnownLinks, without_trailing

MOST_AHEAD = 1500
SPECIAL = re.compile(r"[\[\]!<]|(?:https?://|ftp://|www\.)", re.IGNORECASE)
"""Where something other than plain text may begin."""
MOST_HELD = 9
HELD = re.compile(r"(?:[ \t]{1,8}|h|ht|htt|https?:?/?|f|ft|ftp:?/?|w{1,3})\Z", re.IGNORECASE)
"""The end of a text that may become a part of something special."""

_MOST_LABEL, _MOST_NESTED, _MOST_REFERENCE = 200, 4, 202
_QUOTE = '["“”„‟«»]'
_BLANK_LINE = r"\n[ \t]{0,8}\n"
_MARK = re.compile(rf"\[[ \t]{{0,4}}(\d{{1,4}})[ \t]{{0,4}}:[ \t]{{0,4}}{_QUOTE}")
_MARK_BEGINS = re.compile(r"\[[ \t]{0,4}(?:\d{1,4}[ \t]{0,4}(?::[ \t]{0,4})?)?\Z")
_MARK_ENDS = re.compile(rf"(?P<closed>{_QUOTE}[ \t]{{0,4}}\])|{_BLANK_LINE}")
_NUMBERS = re.compile(r"\[[ \t]{0,2}\d{1,3}(?:[ \t]{0,2},[ \t]{0,2}\d{1,3}){0,9}[ \t]{0,2}\]")
_NUMBERS_BEGIN = re.compile(r"\[[\d, \t]{0,80}\Z")
_LABEL_PART = re.compile(rf"[\[\]]|{_BLANK_LINE}")
_REFERENCE = re.compile(r"\[[^\[\]\n]{0,200}\]")
_TAG_BEGINS = re.compile(r"[A-Za-z/!?]")
_TAG_ENDS = re.compile(rf"[<>]|{_BLANK_LINE}")
_PATH = r"[^\s()<>]*+(?:\([^\s()<>]*+\)[^\s()<>]*+)*+"
_DESTINATION = re.compile(
    rf"\(\s*+(?:<(?P<pointed>[^<>\n]*+)>|(?P<plain>{_PATH}))"
    r"(?:\s++(?:\"[^\"]*+\"|'[^']*+'|\([^()]*+\)))?+\s*+\)"
)
_TITLE_BEGINS = r"\s++(?:\"[^\"]*+\"?|'[^']*+'?|\([^()]*+\)?)?+\s*+"
_DESTINATION_BEGINS = re.compile(
    rf"\(\s*+(?:<[^<>\n]*+(?:>(?:{_TITLE_BEGINS})?+)?+|{_PATH}(?:\([^\s()<>]*+|{_TITLE_BEGINS})?+)\Z"
)
_BLANK = re.compile(_BLANK_LINE)


class NeedMore(Exception):
    """What stands here cannot be told yet."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The signs that are still to be read; `whole` if none come after them."""

    text: str
    whole: bool

    def sign(self, at: int) -> str:
        """The sign there; empty behind the end of the answer."""
        if at >= len(self.text) and not self.whole:
            raise NeedMore
        return self.text[at : at + 1]

    def settle(self, at: int, most: int = MOST_AHEAD) -> None:
        """Call before deciding that the next `most` signs hold no end of what begins at `at`."""
        if len(self.text) < at + most and not self.whole:
            raise NeedMore


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What stands up to `end`, and what to show for it. `skip` is a place further on and where to go on from there."""

    end: int
    text: str = ""
    mark: tuple[int, str] | None = None
    is_broken_mark: bool = False
    skip: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the sources hold: their numbers and their links."""

    numbers: Collection[int]
    links: KnownLinks


def step_at(ahead: Ahead, at: int, known: Known) -> Step:
    """What stands at `at`, where `SPECIAL` was found. Raises `NeedMore`."""
    return _SCANNERS.get(ahead.text[at], _url)(ahead, at, known)


def _bracket(ahead: Ahead, at: int, known: Known) -> Step:
    mark = _MARK.match(ahead.text, at)
    if mark:
        return _mark(ahead, at, mark)
    if _MARK_BEGINS.match(ahead.text, at):
        ahead.sign(len(ahead.text))
        return Step(end=len(ahead.text), is_broken_mark=True)
    numbers = _numbers(ahead, at, known)
    return numbers or _label(ahead, at, known)


def _mark(ahead: Ahead, at: int, mark: re.Match[str]) -> Step:
    ends = _MARK_ENDS.search(ahead.text, mark.end(), at + MOST_AHEAD)
    if ends is None:
        ahead.settle(at)
        return Step(end=min(len(ahead.text), at + MOST_AHEAD), is_broken_mark=True)
    if not ends["closed"]:
        return Step(end=ends.start(), is_broken_mark=True)
    return Step(end=ends.end(), mark=(int(mark[1]), ahead.text[mark.end() : ends.start()]))


def _numbers(ahead: Ahead, at: int, known: Known) -> Step | None:
    """A citation without words, `[3]` or `[1, 3]`: nothing that could be verified."""
    numbers = _NUMBERS.match(ahead.text, at)
    if numbers is None:
        if _NUMBERS_BEGIN.match(ahead.text, at):
            ahead.sign(len(ahead.text))
        return None
    are_sources = all(int(number) in known.numbers for number in re.findall(r"\d+", numbers.group()))
    if are_sources and ahead.sign(numbers.end()) not in tuple("([:"):
        return Step(end=numbers.end(), is_broken_mark=True)
    return None


def _label(ahead: Ahead, at: int, known: Known) -> Step:
    """A link that may not be shown loses its brackets with its destination; so does the name of a definition."""
    close = _label_end(ahead, at)
    if close is not None:
        after = ahead.sign(close + 1)
        if after == ":":
            return Step(end=at + 1, skip=(close, close + 1))
        found = _destination(ahead, close + 1) if after == "(" else None
        if found and not known.links.may_link(found[0]):
            return Step(end=at + 1, skip=(close, found[1]))
    return Step(end=at + 1, text="[")


def _label_end(ahead: Ahead, at: int) -> int | None:
    """The bracket that closes the one at `at`, if it stands near and with few others between."""
    depth = 0
    for part in _LABEL_PART.finditer(ahead.text, at, at + _MOST_LABEL):
        if part.group() == "]":
            depth -= 1
            if not depth:
                return part.start()
        else:
            depth += 1
            if depth > _MOST_NESTED or part.group() != "[":
                return None
    ahead.settle(at, _MOST_LABEL)
    return None


def _destination(ahead: Ahead, at: int) -> tuple[str, int] | None:
    """Where a link or image leads, and the end of the parenthesis that begins at `at`; None if it is just one."""
    blank = _BLANK.search(ahead.text, at, at + MOST_AHEAD)
    end = blank.start() if blank else min(len(ahead.text), at + MOST_AHEAD)
    found = _DESTINATION.match(ahead.text, at, end)
    if found:
        return found["pointed"] or found["plain"] or "", found.end()
    if blank is None and _DESTINATION_BEGINS.match(ahead.text, at, end):
        ahead.settle(at)
    return None


def _close(ahead: Ahead, at: int, known: Known) -> Step:
    """Whatever stood before it, this bracket leads nowhere but to a link of the sources, and defines nothing."""
    after = ahead.sign(at + 1)
    if after == ":":
        return Step(end=at + 2, text="] :")
    if after != "(":
        return Step(end=at + 1, text="]")
    found = _destination(ahead, at + 1)
    if found is None:
        return Step(end=at + 2, text="] (")
    destination, end = found
    return Step(end=end, text=f"]({destination})" if known.links.may_link(destination) else "]")


def _bang(ahead: Ahead, at: int, _known: Known) -> Step:
    """An image goes as a whole, or at least what makes it one."""
    if ahead.sign(at + 1) != "[":
        return Step(end=at + 1, text="!")
    if _MARK.match(ahead.text, at + 1):
        return Step(end=at + 1, text="!")
    if _MARK_BEGINS.match(ahead.text, at + 1):
        ahead.sign(len(ahead.text))
    close = _label_end(ahead, at + 1)
    end: int | None = None
    if close is not None and ahead.sign(close + 1) == "(":
        found = _destination(ahead, close + 1)
        end = found[1] if found else None
    elif close is not None and ahead.sign(close + 1) == "[":
        reference = _REFERENCE.match(ahead.text, close + 1)
        if reference is None:
            ahead.settle(close + 1, _MOST_REFERENCE)
        end = reference.end() if reference else None
    return Step(end=end or at + 1)


def _angle(ahead: Ahead, at: int, known: Known) -> Step:
    if not _TAG_BEGINS.match(ahead.sign(at + 1)):
        return Step(end=at + 1, text="<")
    ends = _TAG_ENDS.search(ahead.text, at + 1, at + MOST_AHEAD)
    if ends is None:
        ahead.settle(at)
    if ends is None or ends.group() != ">":
        return Step(end=at + 1, text="< ")  # no tag, and never to become one
    return Step(end=ends.end(), text=known.links.in_angles(ahead.text[at + 1 : ends.start()]))


def _url(ahead: Ahead, at: int, known: Known) -> Step:
    found = URL.match(ahead.text, at, at + MOST_AHEAD)
    if found is None:
        return Step(end=at + 1, text=ahead.text[at])
    if found.end() == len(ahead.text):
        ahead.settle(at)
    url = without_trailing(found.group()) if found["rest"] else found.group()
    return Step(end=at + len(url), text=known.links.shown(url) if found["rest"] else url)


_SCANNERS: Mapping[str, Callable[[Ahead, int, Known], Step]] = {"[": _bracket, "]": _close, "!": _bang, "<": _angle}
