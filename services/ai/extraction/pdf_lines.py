"""Lines of a page, put together from its runs, and the gaps in them that part the cells of a table."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from services.ai.extraction.pdf_runs import LINE_END, Run

BULLETS = "•◦▪▫●○■□‣⁃∙·–—*➢➤✓✔\ue000-\uf8ff-"
"""As they stand in a regular expression; symbol fonts have theirs in the private use area."""
_WIDE_GAP = 1.5
"""Times the size of the letters: wider than any space between words but those of a justified line."""
_EVEN = 0.2
_MARKER = re.compile(rf"\s*(?:[{BULLETS}]|\(?(?:\d{{1,3}}|[a-z])[.)])\s*")
"""What stands before an item of a list is no cell, however far from it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line between wide gaps."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """`size` is that of most of its letters; places are in points."""

    cells: tuple[Cell, ...]
    baseline: float
    size: float

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        return self.cells[0].left


def lines_of(runs: Iterable[Run]) -> Iterator[Line]:
    """The lines that the runs make, without those that are empty."""
    line: list[Run] = []
    for run in runs:
        if run.text != LINE_END:
            line.append(run)
        elif line:
            yield from _line(line)
            line = []
    if line:
        yield from _line(line)


def _line(runs: list[Run]) -> Iterator[Line]:
    cells: list[Cell] = []
    texts: list[str] = []
    left = runs[0].left
    letters: dict[float, int] = {}
    widest = math.inf if _is_justified(runs) else _WIDE_GAP
    for before, run in zip([runs[0], *runs], runs, strict=False):
        is_marker = _MARKER.fullmatch("".join(texts)) is not None
        if not is_marker and run.left - before.right > widest * max(run.size, before.size):
            cells.append(Cell("".join(texts).strip(" "), left, before.right))
            texts, left = [], run.left
        texts += (" ", run.text) if run.after_space else (run.text,)
        letters[run.size] = letters.get(run.size, 0) + len(run.text)
    cells.append(Cell("".join(texts).strip(" "), left, runs[-1].right))
    filled = tuple(cell for cell in cells if cell.text)
    if filled:
        size = max(letters, key=letters.__getitem__)
        yield Line(filled, next(run.baseline for run in runs if run.size == size), round(size, 1))


def _is_justified(runs: list[Run]) -> bool:
    """Whether all spaces of the line are equally wide: they were stretched to fill it."""
    gaps = [run.left - before.right for before, run in pairwise(runs) if run.after_space]
    return len(gaps) > 1 and max(gaps) - min(gaps) < _EVEN * runs[0].size
