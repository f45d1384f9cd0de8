"""Reads a document that a test made: as the service does, in a process of its own, or here, where that is safe."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from services.ai.extraction.collector import Collector
from services.ai.extraction.decoding import decode
from services.ai.extraction.extract import CONTENT_TYPES, extract
from services.ai.extraction.values import Extracted, ExtractionFailed, Limits, Outline

TYPES = {ending: content_type for content_type, ending in CONTENT_TYPES.items()}
LIMITS = Limits()


def read_here(
    reader: Callable[[BinaryIO, Collector, Limits], Outline], content: bytes, *, limits: Limits = LIMITS
) -> Extracted:
    """Without a process: many small documents in little time."""
    printed = io.BytesIO()
    collector = Collector(printed, limits)
    collector.done(reader(io.BytesIO(content), collector, limits))
    return decode([printed.getvalue()])


async def read(folder: Path, content: bytes, ending: str, *, limits: Limits = LIMITS) -> Extracted:
    """By `extract`."""
    path = folder / f"document{ending}"
    path.write_bytes(content)
    return await extract(path, TYPES[ending], limits=limits)


async def outcome(folder: Path, content: bytes, ending: str, *, limits: Limits = LIMITS) -> str:
    """`read`, or why nothing was."""
    try:
        await read(folder, content, ending, limits=limits)
    except ExtractionFailed as failure:
        return failure.reason
    return "read"


def shape(extracted: Extracted) -> list[tuple[str, str]]:
    """What each block is, and its text; a heading with its level."""
    return [(f"h{block.level}" if block.kind == "heading" else block.kind, block.text) for block in extracted.blocks]


def hidden(extracted: Extracted) -> list[str]:
    """The hidden texts that were found."""
    return [finding.text for finding in extracted.findings if finding.kind == "hidden_text"]
