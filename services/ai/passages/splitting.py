"""Splits a document into passages: what is embedded, found and quoted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from services.ai.extraction.values import Extracted
from services.ai.passages.measure import Measure, packed
from services.ai.passages.pieces import Piece, divided, joined, pieces_of
from services.ai.passages.sections import Heading, Section, sections_of

LEAST_TOKENS = 32
_SMALL = 6
"""A section below this part of a passage is merged with its neighbours."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document with its place: `position` counts from 0, pages from 1 (None where there are none).

    `headings` are those it stands under, the outermost first; they are not in `text`. `tokens` are those of
    `indexed_text`, with what the model puts around a text.
    """

    position: int
    text: str
    headings: tuple[str, ...]
    page_from: int | None
    page_to: int | None
    tokens: int


class _Placed(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def headings(self) -> Sequence[str]: ...


def indexed_text(passage: _Placed) -> str:
    """What is embedded and searched: a passage under its headings."""
    return "\n".join((*passage.headings, passage.text))


def passages_of(extracted: Extracted, count_tokens: Callable[[str], int], *, most_tokens: int) -> list[Passage]:
    """The passages of a document, none of more than `most_tokens` (at least 32) with its headings.

    A passage stays under its headings; only small sections are merged, with sections beside or under them, whose
    headings then stand in the text. Paragraphs, lists and tables stay whole where they fit. Else paragraphs are divided
    between sentences, the last of which is repeated if it is short, lists between items, and tables between rows, with
    the header repeated. The same document always gives the same passages. Time grows with the document's length, about
    a second for each megabyte with MiniLM's tokenizer, so call it in a thread.
    """
    if most_tokens < LEAST_TOKENS:
        raise ValueError(f"passages have at least {LEAST_TOKENS} tokens")
    measure = Measure(count_tokens, most_tokens)
    found: list[Passage] = []
    group: _Group | None = None
    for section in sections_of(extracted.blocks, measure):
        following = _measured(section, measure)
        if group is not None and group.takes(following, most_tokens):
            group.add(following)
            continue
        if group is not None:
            _write(found, group, measure)
        group = _Group(measure.frame, following)
    if group is not None:
        _write(found, group, measure)
    return found


@dataclass(frozen=True, slots=True)
class _Measured:
    path: tuple[Heading, ...]
    pieces: list[Piece]
    size: int


def _measured(section: Section, measure: Measure) -> _Measured:
    room = measure.most - measure.frame - sum(heading.size for heading in section.path)
    pieces = pieces_of(section.blocks, measure, room)
    return _Measured(section.path, pieces, sum(piece.size for piece in pieces))


@dataclass(slots=True)
class _Group:
    """Sections that share a passage, or one that may need several."""

    frame: int
    first: _Measured
    sections: list[_Measured] = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.sections = [self.first]
        self.size = self.frame + sum(heading.size for heading in self.first.path) + self.first.size

    def takes(self, section: _Measured, most: int) -> bool:
        """Whether either is small, both fit, and `section` is not under a heading above those of the group."""
        base = self.first.path
        return (
            min(self.size, section.size) < most // _SMALL
            and _common(base, section.path) >= len(base) - 1
            and self._size_with(section) <= most
        )

    def add(self, section: _Measured) -> None:
        self.size = self._size_with(section)
        self.sections.append(section)

    def _size_with(self, section: _Measured) -> int:
        new = section.path[_common(self.sections[-1].path, section.path) :]
        return self.size + sum(heading.size for heading in new) + section.size

    def shared(self) -> tuple[Heading, ...]:
        """The headings above all sections."""
        path = self.first.path
        return path[: min(_common(path, section.path) for section in self.sections)]

    def pieces(self) -> Iterator[Piece]:
        """What stands under `shared`, with the headings that are not among them."""
        shown = self.shared()
        for section in self.sections:
            page = section.pieces[0].page_from if section.pieces else None
            for heading in section.path[_common(shown, section.path) :]:
                yield Piece(heading.title, heading.size, page, page)
            yield from section.pieces
            shown = section.path


def _common(one: Sequence[Heading], other: Sequence[Heading]) -> int:
    """How many headings two paths begin with alike."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a is not b:
            break
        count += 1
    return count


def _write(found: list[Passage], group: _Group, measure: Measure) -> None:
    shared = group.shared()
    headings = tuple(heading.title for heading in shared)
    room = measure.most - measure.frame - sum(heading.size for heading in shared)
    pieces = list(group.pieces())
    for first, after in packed([piece.size for piece in pieces], room):
        _add(found, pieces[first:after], headings, measure)


def _add(found: list[Passage], pieces: list[Piece], headings: tuple[str, ...], measure: Measure) -> None:
    """Adds one passage; several where a tokenizer counts more for a whole than for its parts."""
    text, page_from, page_to = joined(pieces)
    passage = Passage(len(found), text, headings, page_from, page_to, 0)
    tokens = measure.count(indexed_text(passage))
    if tokens > measure.most and len(pieces) == 1:
        pieces = divided(pieces[0], measure, max(1, pieces[0].size // 2))
    if tokens <= measure.most or len(pieces) == 1:
        found.append(replace(passage, tokens=tokens))
        return
    middle = len(pieces) // 2
    _add(found, pieces[:middle], headings, measure)
    _add(found, pieces[middle:], headings, measure)
