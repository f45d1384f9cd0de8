"""A section's blocks as pieces that fit a passage: whole where they do, else divided where a reader would."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from services.ai.extraction.values import Block
from services.ai.passages.languages import language_of
from services.ai.passages.measure import Measure, Span, packed
from services.ai.passages.sentences import sentences

_MARKED = re.compile(r"(?:[-*•–▪◦‣]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)])\s")
_TABLE_RULE = re.compile(r"[|\s:-]+\Z")
_OVERLAP = 6
"""A paragraph that must be divided repeats a sentence of at most this part of a passage."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is not divided any more; `size` in tokens. `joint` is what stands between it and the one before."""

    text: str
    size: int
    page_from: int | None
    page_to: int | None
    joint: str = "\n\n"


def pieces_of(blocks: Iterable[Block], measure: Measure, room: int) -> list[Piece]:
    """The pieces in order, none larger than `room` tokens."""
    found: list[Piece] = []
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        if kind == "list_item":
            _add_introduced(found, _list_pieces(list(run), measure, room), room)
        elif kind == "table":
            for block in run:
                _add_introduced(found, list(_table_pieces(block, measure, room)), room)
        else:
            for block in run:
                found.extend(_text_pieces(block, block.text.strip(), measure, room))
    return found


def _add_introduced(found: list[Piece], added: list[Piece], room: int) -> None:
    """Keeps a list or table with the sentence that announces it ("… the following:"), if both fit."""
    if len(added) == 1 and found and found[-1].text.endswith((":", "：")):
        first, second = found[-1], added[0]
        if first.size + second.size <= room:
            text = f"{first.text}{second.joint}{second.text}"
            found[-1] = Piece(text, first.size + second.size, *_pages((first, second)), joint=first.joint)
            return
    found.extend(added)


def _pages(pieces: Iterable[Piece]) -> tuple[int | None, int | None]:
    pages = [page for piece in pieces for page in (piece.page_from, piece.page_to) if page is not None]
    return (min(pages), max(pages)) if pages else (None, None)


def joined(pieces: list[Piece]) -> tuple[str, int | None, int | None]:
    """The text of a passage, its first and its last page."""
    text = pieces[0].text + "".join(f"{piece.joint}{piece.text}" for piece in pieces[1:])
    return (text, *_pages(pieces))


def divided(piece: Piece, measure: Measure, room: int) -> list[Piece]:
    """`piece` cut without regard to what it is: the last resort where sizes do not add up."""
    cuts = measure.cut(piece.text, 0, len(piece.text), room)
    texts = ((piece.text[cut.start : cut.end].strip(), cut.size) for cut in cuts)
    return [Piece(text, size, piece.page_from, piece.page_to, joint=" ") for text, size in texts if text]


def _text_pieces(block: Block, text: str, measure: Measure, room: int, *, joint: str = "\n\n") -> Iterator[Piece]:
    size = measure.size(text)
    if size <= room:
        if text:
            yield Piece(text, size, block.page, block.page, joint)
        return
    parts = list(_sentence_spans(text, measure, room))
    for first, after in packed([part.size for part in parts], room, overlap=room // _OVERLAP):
        inside = text[parts[first].start : parts[after - 1].end].strip()
        if inside:
            yield Piece(inside, sum(part.size for part in parts[first:after]), block.page, block.page, joint)
            joint = "\n\n"


def _sentence_spans(text: str, measure: Measure, room: int) -> Iterator[Span]:
    """Sentences with what precedes them, so that nothing is between two; those that do not fit are cut."""
    ends = [end for _, end in sentences(text, language_of(text))]
    start = 0
    for end in (*ends[:-1], len(text)):
        size = measure.size(text[start:end])
        if size <= room:
            yield Span(start, end, size)
        else:
            yield from measure.cut(text, start, end, room)
        start = end


def _list_pieces(items: list[Block], measure: Measure, room: int) -> list[Piece]:
    """A list that fits is one piece, so that it stays together; else its items are."""
    texts = [text if _MARKED.match(text) else f"- {text}" for text in (item.text.strip() for item in items)]
    whole = "\n".join(texts)
    size = measure.size(whole)
    if size <= room:
        pages = [item.page for item in items if item.page is not None]
        return [Piece(whole, size, min(pages, default=None), max(pages, default=None))]
    found: list[Piece] = []
    for item, text in zip(items, texts, strict=True):
        found.extend(_text_pieces(item, text, measure, room, joint="\n" if found else "\n\n"))
    return found


def _table_pieces(block: Block, measure: Measure, room: int) -> Iterator[Piece]:
    """A table that fits is one piece; else each piece has some of its rows, under the header again."""
    text = block.text.strip()
    size = measure.size(text)
    if size <= room:
        if text:
            yield Piece(text, size, block.page, block.page)
        return
    rows = text.split("\n")
    head, head_size = "", 0
    if len(rows) > 2 and _TABLE_RULE.match(rows[1]):
        head = f"{rows[0]}\n{rows[1]}\n"
        head_size = measure.size(head)
        if head_size > room // 2:
            head, head_size = "", 0
        else:
            rows = rows[2:]
    lines = [(row[cut.start : cut.end], cut.size) for row in rows for cut in _row(row, measure, room - head_size)]
    for first, after in packed([size for _, size in lines], room - head_size):
        body = "\n".join(line for line, _ in lines[first:after])
        size = head_size + sum(size for _, size in lines[first:after])
        yield Piece(head + body, size, block.page, block.page)


def _row(row: str, measure: Measure, room: int) -> Iterator[Span]:
    size = measure.size(row)
    if size <= room:
        yield Span(0, len(row), size)
    else:
        yield from measure.cut(row, 0, len(row), room)
