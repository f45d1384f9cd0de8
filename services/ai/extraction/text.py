"""Plain text: what its bytes say, and its paragraphs."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from services.ai.extraction.collector import Collector
from services.ai.extraction.values import ExtractionFailed, Limits, Outline

HEAD_BYTES = 4096
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
FALLBACK = "windows-1252"
"""What a text is that has no mark and is no UTF-8 (https://encoding.spec.whatwg.org/#names-and-labels)."""
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_FORGIVEN = 2
_OTHER_TYPES = (b"%PDF-", b"{\\rtf", b"PK\x03\x04")


def read_text(file: BinaryIO, *, declared: str | None = None) -> str:
    """The file's text: by its mark, as UTF-8, else in the encoding `declared` or in windows-1252.

    Raises:
        ExtractionFailed: `wrong_type`: it is no text.
    """
    content = file.read()
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    head = content[:HEAD_BYTES]
    if head.startswith(_OTHER_TYPES) or len(_CONTROLS.findall(head)) > _FORGIVEN + len(head) // 50:
        raise ExtractionFailed("wrong_type", "it is no text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(declared or FALLBACK, "replace")


def read(file: BinaryIO, collector: Collector, _: Limits) -> Outline:
    """Paragraphs are what empty lines part; their lines stay lines."""
    for paragraph in paragraphs_of(read_text(file)):
        collector.paragraph(paragraph)
    return Outline()


def paragraphs_of(text: str) -> Iterator[str]:
    """The lines between empty lines, joined by line breaks."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip():
            lines.append(line)
        elif lines:
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)
