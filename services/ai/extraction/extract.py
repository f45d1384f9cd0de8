"""Extraction of a document's text: a process for each, confined, bounded and ended with all that it started."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from services.ai.extraction.converters import Converter, installed_converter
from services.ai.extraction.decoding import NoOutcome, decode
from services.ai.extraction.order import OLD_WORD, READERS, Order
from services.ai.extraction.values import Extracted, ExtractionFailed, Limits, Reason

LIMITS = Limits()
CONVERTER = installed_converter()
CONTENT_TYPES: Mapping[str, str] = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/csv": ".csv",
    **({OLD_WORD: ".doc"} if CONVERTER else {}),
}
"""What can be extracted on this machine, and the ending of such a file's name."""
PROGRAM = Path(__file__).with_name("program.py")
_CHUNK_BYTES = 256 * 1024
_ENDED_BY: Mapping[int, Reason] = {signal.SIGXCPU: "too_slow", signal.SIGKILL: "too_large"}
"""Without any word of it: beyond its processor time, or by a kernel that has no memory left."""


async def extract(
    path: Path, content_type: str, *, limits: Limits = LIMITS, converter: Converter | None = CONVERTER
) -> Extracted:
    """The text of the document in `path`, which is `content_type`; parameters of the type are ignored.

    Raises:
        ExtractionFailed: there is none to be had, for a reason; nothing is left behind.
        OSError: the file cannot be read.
    """
    content_type = content_type.partition(";")[0].strip().lower()
    if content_type != OLD_WORD:
        converter = None
    if content_type not in READERS and converter is None:
        raise ExtractionFailed("unsupported", f"no reader for {content_type} on this machine")
    with await asyncio.to_thread(path.open, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > limits.file_bytes:
            raise ExtractionFailed("too_large", f"more than {limits.file_bytes} bytes")
        if size == 0:
            raise ExtractionFailed("empty", "it has no bytes")
        order = Order(content_type=content_type, size=size, parent=os.getpid(), limits=limits)
        if converter is None:
            return await run_reader(order, file)
        with tempfile.TemporaryDirectory(prefix="stackpro-extraction-") as folder:
            return await run_reader(replace(order, converter=converter, folder=Path(folder)), file)


async def run_reader(order: Order, file: BinaryIO, *, program: Path = PROGRAM) -> Extracted:
    """Runs the reader's process for an order; it has ended, and all that it started is killed, when this returns.

    Raises:
        ExtractionFailed
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(program), order.to_json()),
        stdin=file,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(order.limits.wall_seconds):
            printed = await _read(process, order.limits.result_bytes)
            status = await process.wait()
    except TimeoutError:
        raise ExtractionFailed("too_slow", f"not done after {order.limits.wall_seconds:g} seconds") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    try:
        return await asyncio.to_thread(decode, printed)
    except NoOutcome:
        raise ExtractionFailed(_ENDED_BY.get(-status, "broken"), f"its reader ended with {status}") from None


async def _read(process: asyncio.subprocess.Process, most_bytes: int) -> list[bytes]:
    printed: list[bytes] = []
    size = 0
    while process.stdout is not None and (chunk := await process.stdout.read(_CHUNK_BYTES)):
        printed.append(chunk)
        size += len(chunk)
        if size > most_bytes:
            raise ExtractionFailed("too_large", f"more than {most_bytes} bytes of text")
    return printed
