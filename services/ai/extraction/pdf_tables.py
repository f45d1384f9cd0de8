"""Tables of a PDF: lines beneath each other whose cells begin, end or have their middle in the same places."""

from collections.abc import Sequence

from services.ai.extraction.pdf_lines import Cell, Line

_MOST_CELL_CHARACTERS = 60
"""On average; beyond it, what stands side by side are columns of a page and no cells."""
_TOLERANCE = 0.1
_MOST_GAP, _MOST_LEADING = 4.0, 1.6
"""Times the size of the letters, all three: of places, between rows, and between the lines of one cell."""


def table_end(lines: Sequence[Line], start: int) -> int:
    """Where the table that begins at `start` ends; the next line where none begins."""
    end, rows = start + 1, 1
    while end < len(lines) and _is_near(lines[end - 1], lines[end]):
        table = lines[start:end]
        if _is_row_of(table, lines[end]):
            rows += 1
        elif not _continues(table, lines[end]):
            break
        end += 1
    return end if rows > 1 else start + 1


def rows_of(table: Sequence[Line]) -> list[list[str]]:
    """The cells' texts, by the columns of the longest line; a cell may go on in the lines beneath it."""
    columns = _longest(table).cells
    rows: list[list[str]] = []
    for line in table:
        if len(line.cells) > 1:
            rows.append([""] * len(columns))
        for cell in line.cells:
            place = _column_of(cell, columns)
            rows[-1][place] = f"{rows[-1][place]} {cell.text}".strip()
    return rows


def _is_near(before: Line, line: Line) -> bool:
    return 0 < before.baseline - line.baseline < _MOST_GAP * line.size


def _is_row_of(table: Sequence[Line], line: Line) -> bool:
    longest = _longest(table)
    if len(line.cells) < 2 or len(longest.cells) < 2 or _holds_running_text(line) or _holds_running_text(longest):
        return False
    fewer, more = sorted((line.cells, longest.cells), key=len)
    pairs = [(cell, more[_column_of(cell, more)]) for cell in fewer]
    if any(_overlap(cell, other) <= 0 for cell, other in pairs):
        return False
    # The first column is where any text begins.
    inner = [_is_aligned(cell, other, line.size) for cell, other in pairs if other != more[0]]
    return 2 * sum(inner) >= len(inner) > 0


def _is_aligned(cell: Cell, other: Cell, size: float) -> bool:
    """On the right only numbers are: words are too, at the end of a justified line."""
    ways = [cell.left - other.left, (cell.left + cell.right - other.left - other.right) / 2]
    if any(map(str.isdigit, cell.text + other.text)):
        ways.append(cell.right - other.right)
    return any(abs(way) <= _TOLERANCE * size for way in ways)


def _continues(table: Sequence[Line], line: Line) -> bool:
    """Whether the line goes on with a cell of the row above it, in any column but the first."""
    columns = _longest(table).cells[1:]
    gap = table[-1].baseline - line.baseline
    if len(line.cells) > 1 or gap > _MOST_LEADING * line.size:
        return False
    return any(abs(line.left - column.left) <= _TOLERANCE * line.size for column in columns)


def _column_of(cell: Cell, columns: Sequence[Cell]) -> int:
    return max(range(len(columns)), key=[_overlap(cell, column) for column in columns].__getitem__)


def _holds_running_text(line: Line) -> bool:
    return sum(len(cell.text) for cell in line.cells) > _MOST_CELL_CHARACTERS * len(line.cells)


def _longest(lines: Sequence[Line]) -> Line:
    return max(lines, key=lambda line: len(line.cells))


def _overlap(cell: Cell, other: Cell) -> float:
    return min(cell.right, other.right) - max(cell.left, other.left)
