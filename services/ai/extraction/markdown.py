"""Markdown (https://spec.commonmark.org, with GitHub's tables): its blocks, by lines.

Marks of emphasis go, links stay as they are written. HTML in it is read as HTML, so that nothing is hidden there.
"""

import re
from typing import BinaryIO

from services.ai.extraction import html
from services.ai.extraction.collector import Collector
from services.ai.extraction.text import read_text
from services.ai.extraction.values import Limits, Outline

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_ITEM = re.compile(r"\s{0,20}(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_QUOTE = re.compile(r"^(?: {0,3}> ?){1,20}")
_DELIMITER = re.compile(r"[ \t]*:?-+:?[ \t]*")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]{0,30}[\s/>]")
_IMAGE = re.compile(r"!\[([^\]\n]{0,500})\]\(\s{0,5}([^)\s]{0,2000})[^)\n]{0,500}\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n*_]{1,500})(?<=\S)\1")
_REMOTE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_MOST_FRONT_MATTER = 100


def read(file: BinaryIO, collector: Collector, _: Limits) -> Outline:
    """Reads a document.

    Raises:
        ExtractionFailed: `wrong_type`, or `too_large`: HTML in it is nested too deeply.
    """
    lines = _without_comments(read_text(file)).splitlines()
    title, start = _front_matter(lines)
    reader = _Reader(collector)
    reader.read(lines[start:])
    return Outline(title=title or reader.title)


class _Reader:
    """Collects the lines of one block until something ends it."""

    def __init__(self, collector: Collector) -> None:
        self.title: str | None = None
        self._collector = collector
        self._lines: list[str] = []
        self._is_item = False

    def read(self, lines: list[str]) -> None:
        at = 0
        while at < len(lines):
            at += self._block(lines, at)
        self._flush()

    def _block(self, lines: list[str], at: int) -> int:
        """Reads what stands at a line; how many lines that took."""
        if fence := _FENCE.match(lines[at]):
            return self._fenced(lines, at, fence[1])
        line = _QUOTE.sub("", lines[at])
        if heading := _HEADING.match(line):
            self._flush()
            self._heading(line[heading.end() :].strip().rstrip("#").rstrip(), len(heading[1]))
        elif self._lines and not self._is_item and (underline := _UNDERLINE.match(line)):
            text, self._lines = " ".join(self._lines), []
            self._heading(text, 1 if underline[1].startswith("=") else 2)
        elif not line.strip() or _RULE.match(line):
            self._flush()
        elif _is_delimiter(lines, at + 1) and "|" in line:
            return self._table(lines, at)
        elif item := _ITEM.match(line):
            self._flush()
            self._is_item = True
            self._lines.append(line[item.end() :])
        else:
            self._lines.append(line.strip())
        return 1

    def _fenced(self, lines: list[str], at: int, fence: str) -> int:
        self._flush()
        end = at + 1
        while end < len(lines) and not lines[end].strip().startswith(fence):
            end += 1
        self._collector.paragraph("\n".join(lines[at + 1 : end]), keep_indentation=True)
        return end + 1 - at

    def _table(self, lines: list[str], at: int) -> int:
        self._flush()
        end = at + 2
        while end < len(lines) and "|" in lines[end]:
            end += 1
        rows = [lines[at], *lines[at + 2 : end]]
        self._collector.table([self._inline(cell) for cell in _cells(row)] for row in rows)
        return end - at

    def _heading(self, text: str, level: int) -> None:
        text = self._inline(text)
        if level == 1 and self.title is None:
            self.title = text
        self._collector.heading(text, level)

    def _flush(self) -> None:
        lines, is_item = self._lines, self._is_item
        self._lines, self._is_item = [], False
        text = "\n".join(lines)
        if is_item:
            self._collector.list_item(self._inline(text))
        elif _TAG.search(text):
            html.read_fragment(self._marks(text), self._collector)
        elif lines:
            self._collector.paragraph(self._marks(text))

    def _inline(self, text: str) -> str:
        text = self._marks(text)
        return html.text_of_fragment(text, self._collector) if _TAG.search(text) else text

    def _marks(self, text: str) -> str:
        for image in _IMAGE.finditer(text):
            if _REMOTE.match(image[2]):
                self._collector.finding("remote_content", image[2])
        return _STRONG.sub(r"\2", _IMAGE.sub(r"\1", text))


def _without_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    kept.append(text[at:])
    return "".join(kept)


def _front_matter(lines: list[str]) -> tuple[str | None, int]:
    """The title that a block of metadata before the text gives, and where the text begins."""
    if lines and lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:_MOST_FRONT_MATTER], start=1):
            if line.rstrip() in {"---", "..."}:
                given = (
                    each.partition(":")[2].strip().strip("\"'") for each in lines[1:number] if each.startswith("title:")
                )
                return next(given, None), number + 1
    return None, 0


def _is_delimiter(lines: list[str], at: int) -> bool:
    """Whether the line is the second of a table, `| --- | :-: |`."""
    if at >= len(lines) or "-" not in lines[at] or "|" not in lines[at]:
        return False
    return all(_DELIMITER.fullmatch(cell) for cell in _cells(lines[at]))


def _cells(line: str) -> list[str]:
    cells = [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line.strip().removeprefix("|"))]
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells
