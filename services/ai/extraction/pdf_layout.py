"""What the lines of a PDF are: headings by size, paragraphs by their gaps, lists by their bullets, tables by columns.

A PDF says none of it, so these are rules of thumb. They need to know which size and spacing the text itself has; the
first pages tell that, and are kept until they are read.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from services.ai.extraction.collector import Collector
from services.ai.extraction.pdf_lines import BULLETS, Line
from services.ai.extraction.pdf_runs import HYPHEN
from services.ai.extraction.pdf_tables import rows_of, table_end

FIRST_PAGES = 50
_HEADING_SIZE = 1.08
"""Times the size of the text."""
_MOST_HEADING_LINES, _MOST_HEADING_CHARACTERS = 3, 200
_PARAGRAPH_GAP = 1.25
"""Times the usual distance of lines."""
_USUAL_LEADING = 1.2
_INDENT = 0.8
_BULLET = re.compile(rf"[{BULLETS}]\s+(?=\S)")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?:;…\"”)]$")


class _Block(NamedTuple):
    lines: Sequence[Line]
    is_table: bool = False


@dataclass(slots=True)
class Layout:
    """Takes a document's pages in order, and writes their blocks."""

    collector: Collector
    _kept: list[tuple[int, list[Line]]] = field(default_factory=list)
    _sizes: Counter[float] = field(default_factory=Counter)
    _leadings: Counter[float] = field(default_factory=Counter)
    _headings: set[float] = field(default_factory=set)
    _text_size: float = 0.0
    _leading: float = _USUAL_LEADING
    _is_known: bool = False

    def page(self, number: int, lines: list[Line]) -> None:
        if self._is_known:
            self._write(number, lines)
            return
        self._kept.append((number, lines))
        self._learn(lines)
        if len(self._kept) == FIRST_PAGES:
            self.finish()

    def finish(self) -> None:
        """Writes the pages that were kept."""
        self._is_known = True
        self._text_size = max(self._sizes, key=self._sizes.__getitem__, default=self._text_size)
        self._leading = max(self._leadings, key=self._leadings.__getitem__, default=self._leading)
        for _, lines in self._kept:
            self._headings.update(block.lines[0].size for block in self._blocks(lines) if self._is_heading(block))
        for number, lines in self._kept:
            self._write(number, lines)
        self._kept = []

    def _learn(self, lines: Sequence[Line]) -> None:
        for line in lines:
            self._sizes[line.size] += len(line.text)
        for before, line in pairwise(lines):
            if before.size == line.size and 0 < before.baseline - line.baseline < 3 * line.size:
                self._leadings[round((before.baseline - line.baseline) / line.size, 1)] += 1

    def _write(self, page: int, lines: list[Line]) -> None:
        for block in self._blocks(lines):
            size, text = block.lines[0].size, _joined(block.lines)
            if block.is_table:
                self.collector.table(rows_of(block.lines), page)
            elif self._is_heading(block):
                self._headings.add(size)
                self.collector.heading(text, 1 + sum(other > size for other in self._headings), page)
            elif bullet := _BULLET.match(text):
                self.collector.list_item(text[bullet.end() :], page)
            elif _NUMBER.match(text):
                self.collector.list_item(text, page)
            else:
                self.collector.paragraph(text, page)

    def _is_heading(self, block: _Block) -> bool:
        too_small = block.lines[0].size < _HEADING_SIZE * self._text_size
        if too_small or block.is_table or len(block.lines) > _MOST_HEADING_LINES:
            return False
        text = _joined(block.lines)
        return len(text) <= _MOST_HEADING_CHARACTERS and any(map(str.isalpha, text)) and not _BULLET.match(text)

    def _blocks(self, lines: Sequence[Line]) -> Iterator[_Block]:
        """The lines of a page in groups that belong together."""
        start = at = 0
        while at < len(lines):
            end = table_end(lines, at)
            if start < at and (end > at + 1 or not self._belongs(lines[start:at], lines[at])):
                yield _Block(lines[start:at])
                start = at
            if end > at + 1:
                yield _Block(lines[at:end], is_table=True)
                start = end
            at = end
        if start < at:
            yield _Block(lines[start:at])

    def _belongs(self, block: Sequence[Line], line: Line) -> bool:
        before = block[-1]
        if before.text.endswith(HYPHEN):
            return True
        if abs(line.size - before.size) > 0.1 * line.size or _starts_item(line.text):
            return False
        gap = before.baseline - line.baseline
        if gap <= 0:  # another column
            return not _SENTENCE_END.search(before.text) and line.text[:1].islower()
        if gap > _PARAGRAPH_GAP * self._leading * line.size:
            return False
        is_indented = line.left > min(each.left for each in block) + _INDENT * line.size
        return not is_indented or _starts_item(block[0].text) or line.size >= _HEADING_SIZE * self._text_size


def _starts_item(text: str) -> bool:
    return bool(_BULLET.match(text) or _NUMBER.match(text))


def _joined(block: Sequence[Line]) -> str:
    """The lines' text; a word that was divided at the end of a line is whole again."""
    text = ""
    for line in block:
        if text.endswith(HYPHEN):
            text = text[:-1] + ("" if line.text[:1].islower() else "-")
        elif text:
            text += " "
        text += line.text
    return text.replace(HYPHEN, "-")
