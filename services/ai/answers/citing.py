"""Reads a model's answer as it comes: text on one side, citations that were checked on the other.

A model cites by `[3: "copied words"]`. Such a mark is never shown: it becomes a `Citation` if the words stand in the
source, and is dropped if not. What is left is Markdown without images, without HTML, and with no link but those that
stand in the sources. Text is given as soon as nothing that may still come can change it; how the answer was cut into
pieces makes no difference, and the time it takes grows with its length only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.ai.answers.links import URL, KnownLinks
from services.ai.answers.quotes import QuotableText
from services.ai.answers.scanning import HELD, MOST_HELD, SPECIAL, Ahead, Known, NeedMore, Step, step_at
from services.ai.models.port import Source
from services.ai.models.prompt import NOT_IN_SOURCES

_SENTINEL_WORDS = NOT_IN_SOURCES.partition('"')[2].partition('"')[0]
_SPACES = re.compile(r"[ \t]{1,8}\Z")
# What must not arise where something was taken out from between two signs.
_ARISES = re.compile(
    r"(?:!\[|\][(\[:]|<[a-z/!?]|\[[ \t]*\d{0,4}[ \t]*:?[ \t]*[\d \t:\"“”„‟«»]"
    r"|ht|htt|https?|https?:|(?:https?|ftp):/|(?:https?|ftp)://.?|ft|ftp:?|ww|www|www\..?)\Z",
    re.IGNORECASE | re.DOTALL,
)
_ENDS_URL = re.compile(r"[\s<>\[\]\"]")
_MOST_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Text:
    """What to show next; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """What was said last stands in a source: `quote` is `source.text[start:end]`."""

    source_number: int
    quote: str
    start: int
    end: int


Piece = Text | Citation


class CitationParser:
    """Reads one answer given from `sources`.

    `unverified` counts the marks that were dropped: there is no such source, or its text does not hold the words.
    `not_in_sources` tells whether the model said that the sources do not hold the answer.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self.unverified = 0
        self.not_in_sources = False
        self._sources = {source.number: source for source in sources}
        self._quotable: dict[int, QuotableText] = {}
        self._known = Known(self._sources.keys(), KnownLinks(source.text for source in sources))
        self._ahead = Ahead("", whole=False)
        self._passed = 0
        self._skips: dict[int, int] = {}
        self._pieces: list[Piece] = []
        self._shown = ""
        self._is_seam = False
        self._is_in_url = False

    def feed(self, text: str) -> list[Piece]:
        """What can be told with the next piece of the answer."""
        self._ahead = Ahead(self._ahead.text + text, whole=False)
        return self._read()

    def close(self) -> list[Piece]:
        """The rest; nothing may be fed any more. The beginning of a mark that never ended is dropped."""
        self._ahead = Ahead(self._ahead.text, whole=True)
        return self._read()

    def _read(self) -> list[Piece]:
        ahead, place = self._ahead, 0
        self._pieces = []
        try:
            while place < len(ahead.text):
                special = SPECIAL.search(ahead.text, place)
                stop, after = self._plain_until(place, special)
                self._show(ahead.text[place:stop])
                place = stop
                if special is None:
                    break
                step = self._step_at(after)
                if step.mark is None and not step.is_broken_mark:
                    self._show(ahead.text[stop:after])
                self._take(step, ahead.text[after : step.end])
                place = step.end
        except NeedMore:
            pass
        self._ahead = Ahead(ahead.text[place:], ahead.whole)
        self._passed += place
        return self._pieces

    def _plain_until(self, place: int, special: re.Match[str] | None) -> tuple[int, int]:
        """The end of what is plain for sure, and of the few spaces behind it, which go if a mark follows."""
        text = self._ahead.text
        if special is not None:
            end = special.start()
            spaces = _SPACES.search(text, max(place, end - MOST_HELD), end) if special.group() == "[" else None
            return (spaces.start() if spaces else end), end
        held = None if self._ahead.whole else HELD.search(text, max(place, len(text) - MOST_HELD))
        end = held.start() if held else len(text)
        return end, end

    def _step_at(self, at: int) -> Step:
        skip = self._skips.pop(self._passed + at, None)
        return step_at(self._ahead, at, self._known) if skip is None else Step(end=skip - self._passed)

    def _take(self, step: Step, read: str) -> None:
        if step.mark is not None:
            self._cite(*step.mark)
        self.unverified += step.is_broken_mark
        if step.skip is not None:
            place, end = step.skip
            self._skips[self._passed + place] = self._passed + end
        self._is_seam = self._is_seam or step.text != read
        self._show(step.text)
        self._is_seam = self._is_seam or step.text != read
        self._is_in_url = self._is_in_url or URL.match(step.text) is not None

    def _show(self, text: str) -> None:
        if not text:
            return
        if self._is_seam and self._would_arise(text[0]):
            text = f"\n{text}"  # Markdown takes it for a space
        self._is_seam = False
        self._is_in_url = self._is_in_url and _ENDS_URL.search(text) is None
        self._shown = (self._shown + text)[-_MOST_SHOWN:]
        last = self._pieces[-1] if self._pieces else None
        if isinstance(last, Text):
            self._pieces[-1] = Text(last.text + text)
        else:
            self._pieces.append(Text(text))

    def _would_arise(self, sign: str) -> bool:
        """Whether what was shown and `sign`, which stood apart, would make something together."""
        return _ARISES.search(self._shown + sign) is not None or (self._is_in_url and not _ENDS_URL.match(sign))

    def _cite(self, number: int, quote: str) -> None:
        source = self._sources.get(number)
        if source is None:
            says_nothing = number == 0 and " ".join(quote.split()).lower() == _SENTINEL_WORDS
            self.not_in_sources = self.not_in_sources or says_nothing
            self.unverified += not says_nothing
            return
        if number not in self._quotable:
            self._quotable[number] = QuotableText(source.text)
        found = self._quotable[number].find(quote)
        if found is None:
            self.unverified += 1
            return
        start, end = found
        self._pieces.append(Citation(number, source.text[start:end], start, end))
