"""Tables of HTML: which hold data, and their rows."""

from collections.abc import Callable, Iterator

from lxml import etree

MOST_SPANNED = 50
"""Columns or rows of one cell; a page may claim any number."""
_STRUCTURE = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "form", "article", "section")
_CELLS = ("td", "th")


def is_layout(table: etree._Element) -> bool:
    """Whether a table only puts a page's parts in their places: these are read like the rest of the page."""
    if table.get("role") in {"presentation", "none"} or any(True for _ in _inside(table, *_STRUCTURE)):
        return True
    return all(len(_cells(row)) < 2 for row in table.iter("tr"))


def rows_of(
    table: etree._Element, leaves_out: Callable[[etree._Element], bool], text_of: Callable[[etree._Element], str]
) -> Iterator[list[str]]:
    """Each row's texts. A cell that spans rows is repeated in each; one that spans columns leaves the others empty."""
    spanning: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        if leaves_out(row):
            continue
        texts: list[str] = []
        for cell in _cells(row):
            _fill(texts, spanning)
            text = "" if leaves_out(cell) else text_of(cell)
            if (rows := _span(cell, "rowspan")) > 1:
                spanning[len(texts)] = (rows - 1, text)
            texts += [text, *[""] * (_span(cell, "colspan") - 1)]
        _fill(texts, spanning)
        yield texts


def _fill(texts: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    while (column := len(texts)) in spanning:
        rows, text = spanning.pop(column)
        if rows > 1:
            spanning[column] = (rows - 1, text)
        texts.append(text)


def _inside(table: etree._Element, *tags: str) -> Iterator[etree._Element]:
    return (element for element in table.iter(*tags) if element is not table)


def _cells(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row if cell.tag in _CELLS]


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "")
    return min(max(int(value), 1), MOST_SPANNED) if value.isascii() and value.isdigit() and len(value) < 6 else 1
