"""Tables as Markdown (https://github.github.com/gfm/#tables-extension-), in blocks that each begin with the header."""

from collections.abc import Iterable, Iterator, Sequence

MOST_ROWS, MOST_CHARACTERS = 20, 4_000
"""Of one block: a reader of one block sees whole rows beneath the names of their columns."""


def blocks_of(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Each block's text; the first row that is not empty is the header. No rows give no block."""
    filled = (row for row in rows if any(row))
    header = next(filled, None)
    if header is None:
        return
    block: list[Sequence[str]] = []
    size, begun = 0, False
    for row in filled:
        characters = sum(map(len, row))
        if block and (len(block) == MOST_ROWS or size + characters > MOST_CHARACTERS):
            yield _markdown(header, block)
            block, size, begun = [], 0, True
        block.append(row)
        size += characters
    if block or not begun:
        yield _markdown(header, block)


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    columns = max(len(header), *map(len, rows)) if rows else len(header)
    return "\n".join((_line(header, columns), "|" + " --- |" * columns, *(_line(row, columns) for row in rows)))


def _line(cells: Sequence[str], columns: int) -> str:
    escaped = [cell.replace("|", "\\|").replace("\n", " ") for cell in cells]
    return "| " + " | ".join(escaped + [""] * (columns - len(cells))) + " |"
