"""What the lines of a PDF are: headings by size, paragraphs by their gaps, lists by their bullets, tables by columns.

A PDF says none of it, so these are rules of thumb. They need to know which size and spacing the text itself has; the
first pages tell that, and are kept until they are read.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from services.ai.extraction.collector import Collector
from services.ai.extraction.pdf_lines import Cell, Line
from services.ai.extraction.pdf_runs import HYPHEN

FIRST_PAGES = 50
_HEADING_SIZE = 1.08
"""Times the size of the text."""
_MOST_HEADING_LINES, _MOST_HEADING_CHARACTERS = 3, 200
_PARAGRAPH_GAP = 1.25
"""Times the usual distance of lines."""
_USUAL_LEADING = 1.2
_INDENT = 0.8
_MOST_CELL_CHARACTERS = 60
"""On average; beyond it, what stands side by side are columns of a page and no cells."""
_BULLET = re.compile(r"[•◦▪▫●○■□‣⁃∙·–—*➢➤✓✔\ue000-\uf8ff-]\s+(?=\S)")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?:;…\"”)]$")


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
            self._headings.update(block[0].size for block in self._blocks(lines) if self._is_heading(block))
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
            text = _joined(block)
            if len(rows := _rows(block)) > 1:
                self.collector.table(rows, page)
            elif self._is_heading(block):
                self._headings.add(block[0].size)
                level = 1 + sum(size > block[0].size for size in self._headings)
                self.collector.heading(text, level, page)
            elif bullet := _BULLET.match(text):
                self.collector.list_item(text[bullet.end() :], page)
            elif _NUMBER.match(text):
                self.collector.list_item(text, page)
            else:
                self.collector.paragraph(text, page)

    def _is_heading(self, block: Sequence[Line]) -> bool:
        if len(block) > _MOST_HEADING_LINES or block[0].size < _HEADING_SIZE * self._text_size:
            return False
        text = _joined(block)
        return len(text) <= _MOST_HEADING_CHARACTERS and any(map(str.isalpha, text)) and not _BULLET.match(text)

    def _blocks(self, lines: Sequence[Line]) -> Iterator[list[Line]]:
        """The lines of a page in groups that belong together."""
        block: list[Line] = []
        for line in lines:
            if block and not self._belongs(block, line):
                yield block
                block = []
            block.append(line)
        if block:
            yield block

    def _belongs(self, block: Sequence[Line], line: Line) -> bool:
        before = block[-1]
        if len(line.cells) > 1 or len(before.cells) > 1:
            return len(line.cells) > 1 and len(before.cells) > 1 and _is_row_of(block, line)
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


def _is_row_of(block: Sequence[Line], line: Line) -> bool:
    """Whether the line's cells stand beneath the block's, all of them, and hold no running text."""
    gap = block[-1].baseline - line.baseline
    longest = max(block, key=lambda each: len(each.cells))
    if not 0 < gap < 4 * line.size or len(line.cells) > len(longest.cells) + 1:
        return False
    if sum(len(cell.text) for cell in line.cells) > _MOST_CELL_CHARACTERS * len(line.cells):
        return False
    shorter, longer = sorted((line.cells, longest.cells), key=len)
    return all(any(_is_beneath(cell, other) for other in longer) for cell in shorter)


def _is_beneath(cell: Cell, other: Cell) -> bool:
    return cell.left < other.right and other.left < cell.right


def _rows(block: Sequence[Line]) -> list[list[str]]:
    """The rows of a table, by the columns of its longest line; of anything else none."""
    if len(block) < 2 or len(block[0].cells) < 2:
        return []
    columns = max(block, key=lambda line: len(line.cells)).cells
    rows: list[list[str]] = []
    for line in block:
        row = [""] * len(columns)
        for cell in line.cells:
            place = max(range(len(columns)), key=[_overlap(cell, column) for column in columns].__getitem__)
            row[place] = f"{row[place]} {cell.text}".strip()
        rows.append(row)
    return rows


def _overlap(cell: Cell, column: Cell) -> float:
    return min(cell.right, column.right) - max(cell.left, column.left)


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
