"""Takes what a reader finds in a document, cleans it, and writes it as lines of JSON; part of the confined process.

A line is a list: `["block", kind, text, page, level]`, `["finding", kind, text, page]`, and one of
`["done", pages, title]` and `["failed", reason, detail]` at the end. `decoding.py` reads them.
"""

import json
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from services.ai.extraction import tables
from services.ai.extraction.cleaning import clean, hidden_in
from services.ai.extraction.values import (
    MOST_FINDING_CHARACTERS,
    MOST_FINDINGS,
    MOST_TITLE_CHARACTERS,
    BlockKind,
    ExtractionFailed,
    FindingKind,
    Limits,
    Outline,
)

DEEPEST_HEADING = 6


class Collector:
    """Writes a document's blocks and findings to `lines` in the order in which they come.

    Its methods raise `ExtractionFailed` (`too_large`) when the result exceeds the limits.
    """

    def __init__(self, lines: BinaryIO, limits: Limits) -> None:
        self._lines = lines
        self._limits = limits
        self._bytes = 0
        self.blocks = 0
        self._findings: dict[FindingKind, set[tuple[str, int | None]]] = {}

    def heading(self, text: str, level: int, page: int | None = None) -> None:
        self._text("heading", text, page=page, level=max(1, min(level, DEEPEST_HEADING)))

    def paragraph(self, text: str, page: int | None = None, *, keep_indentation: bool = False) -> None:
        self._text("paragraph", text, page=page, keep_indentation=keep_indentation)

    def list_item(self, text: str, page: int | None = None) -> None:
        self._text("list_item", text, page=page)

    def table(self, rows: Iterable[Sequence[str]], page: int | None = None) -> None:
        """One block for some rows each, every one with the first row as its header; empty rows are left out."""
        cleaned = ([self._clean(cell, page) for cell in row] for row in rows)
        for text in tables.blocks_of(cleaned):
            self._block("table", text, page, None)

    def finding(self, kind: FindingKind, text: str, page: int | None = None) -> None:
        """Told once; of each kind the first `MOST_FINDINGS`."""
        text = clean(text)[:MOST_FINDING_CHARACTERS]
        told = self._findings.setdefault(kind, set())
        if len(told) < MOST_FINDINGS and (text, page) not in told:
            told.add((text, page))
            self._write(["finding", kind, text, page])

    def hidden(self, text: str, page: int | None = None) -> None:
        """Reports text that a reader of the document would not see."""
        if clean(text):
            self.finding("hidden_text", text, page)

    def done(self, outline: Outline) -> None:
        title = clean(outline.title or "").replace("\n", " ")[:MOST_TITLE_CHARACTERS]
        self._write(["done", outline.pages, title or None])

    def failed(self, failure: ExtractionFailed) -> None:
        self._lines.write(json.dumps(["failed", failure.reason, failure.detail]).encode() + b"\n")

    def _text(
        self, kind: BlockKind, text: str, *, page: int | None, level: int | None = None, keep_indentation: bool = False
    ) -> None:
        cleaned = self._clean(text, page, keep_indentation=keep_indentation)
        if kind == "heading":
            cleaned = cleaned.replace("\n", " ")
        if cleaned:
            self._block(kind, cleaned, page, level)

    def _clean(self, text: str, page: int | None, *, keep_indentation: bool = False) -> str:
        for hidden in hidden_in(text):
            self.hidden(hidden, page)
        return clean(text, keep_indentation=keep_indentation)

    def _block(self, kind: BlockKind, text: str, page: int | None, level: int | None) -> None:
        self.blocks += 1
        if self.blocks > self._limits.blocks:
            raise ExtractionFailed("too_large", f"more than {self._limits.blocks} blocks")
        self._write(["block", kind, text, page, level])

    def _write(self, line: list[object]) -> None:
        encoded = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        self._bytes += len(encoded)
        if self._bytes > self._limits.result_bytes:
            raise ExtractionFailed("too_large", f"more than {self._limits.result_bytes} bytes of text")
        self._lines.write(encoded)
