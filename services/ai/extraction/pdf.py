"""PDF (ISO 32000), by pdfium: page after page, so that a long document takes no more memory than a short one."""

import ctypes
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import pypdfium2_raw as pdfium  # type: ignore[import-untyped]  # it has no types

from services.ai.extraction.collector import Collector
from services.ai.extraction.confinement import allow_cpu
from services.ai.extraction.pdf_layout import Layout
from services.ai.extraction.pdf_lines import lines_of
from services.ai.extraction.pdf_runs import UTF_16, PageText, Run
from services.ai.extraction.values import ExtractionFailed, Limits, Outline

_HEAD_BYTES = 1024
"""Where the signature may stand (Adobe's implementation note 13, which readers follow)."""
_MOST_TITLE_BYTES = 4096


def read(file: BinaryIO, collector: Collector, limits: Limits) -> Outline:
    """Reads a document.

    Raises:
        ExtractionFailed: `wrong_type`, `encrypted`, `broken`, `too_many_pages`, `scanned`, or `too_large`.
    """
    if b"%PDF-" not in file.read(_HEAD_BYTES):
        raise ExtractionFailed("wrong_type", "it is no PDF")
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as content:
        document = _open(content)
        pages = pdfium.FPDF_GetPageCount(document)
        if pages > limits.pages:
            raise ExtractionFailed("too_many_pages", f"{pages} pages, {limits.pages} are allowed")
        if pages < 1:
            raise ExtractionFailed("broken", "it has no pages")
        if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
            collector.finding("macros", "JavaScript")
        _Pages(document, pages, collector, limits).read()
        return Outline(pages=pages, title=_title(document))


def _open(content: mmap.mmap) -> Any:
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64((ctypes.c_char * len(content)).from_buffer(content), len(content), None)
    if not document:
        error = pdfium.FPDF_GetLastError()
        if error in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
            raise ExtractionFailed("encrypted", "it has a password")
        raise ExtractionFailed("broken", f"pdfium cannot open it: error {error}")
    return document


def _title(document: Any) -> str:
    buffer = ctypes.create_string_buffer(_MOST_TITLE_BYTES)
    size = pdfium.FPDF_GetMetaText(document, b"Title", buffer, len(buffer))
    return buffer.raw[: min(size, len(buffer))].decode(UTF_16, "ignore").rstrip("\0")


class _Pages:
    """Reads the pages one by one, and notes why there may be nothing in the end."""

    def __init__(self, document: Any, count: int, collector: Collector, limits: Limits) -> None:
        self._document = document
        self._count = count
        self._collector = collector
        self._limits = limits
        self._layout = Layout(collector)
        self._failed = self._scanned = self._unreadable = 0

    def read(self) -> None:
        for number in range(1, self._count + 1):
            allow_cpu(self._limits)
            with self._page(number) as page:
                if page is None:
                    self._failed += 1
                else:
                    self._read(number, page)
        self._layout.finish()
        self._explain_nothing()

    def _read(self, number: int, page: PageText) -> None:
        runs = list(page.runs())
        hidden = self._report(runs, number)
        lines = list(lines_of(run for run in runs if run.sight in {"seen", "scanned"}))
        if lines:
            self._layout.page(number, lines)
        elif not hidden and page.paper.has_pictures():
            self._scanned += 1
            self._collector.finding("scanned_page", "", number)

    def _report(self, runs: list[Run], number: int) -> str:
        """Tells what is special about a page's text; what of it is hidden."""
        hidden = " ".join(run.text for run in runs if run.sight == "hidden")
        self._collector.hidden(hidden, number)
        if any(run.sight == "scanned" for run in runs):
            self._collector.finding("scanned_text", "", number)
        if any(run.sight == "unreadable" for run in runs):
            self._unreadable += 1
            self._collector.finding("unreadable_text", "", number)
        return hidden.strip()

    def _explain_nothing(self) -> None:
        if self._collector.blocks:
            return
        if self._failed == self._count:
            raise ExtractionFailed("broken", "none of its pages can be read")
        if self._scanned:
            raise ExtractionFailed("scanned", f"{self._scanned} of {self._count} pages are pictures")
        if self._unreadable:
            raise ExtractionFailed("broken", "its fonts do not say which letters they show")

    @contextmanager
    def _page(self, number: int) -> Iterator[PageText | None]:
        page = pdfium.FPDF_LoadPage(self._document, number - 1)
        text = pdfium.FPDFText_LoadPage(page) if page else None
        try:
            yield PageText(page, text) if text else None
        finally:
            if text:
                pdfium.FPDFText_ClosePage(text)
            if page:
                pdfium.FPDF_ClosePage(page)
