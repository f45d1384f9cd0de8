"""Extraction of a document's text: a process for each, confined, bounded and ended with all that it started."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
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
    async with _pipe() as (output, write_end):
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", str(program), order.to_json()),
                stdin=file,
                stdout=write_end,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
                start_new_session=True,
            )
        finally:
            os.close(write_end)
        try:
            async with asyncio.timeout(order.limits.wall_seconds):
                printed = await _read(output, order.limits.result_bytes)
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


@asynccontextmanager
async def _pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """A reader, and the end to write to, which the caller closes.

    With a pipe of its own making, asyncio tells of a process's end only once all that it printed was read: of one that
    is killed because it prints without end, never (https://github.com/python/cpython/issues/119710).
    """
    read_end, write_end = os.pipe()
    output = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(read_end, "rb", 0)
    )
    try:
        yield output, write_end
    finally:
        transport.close()


async def _read(output: asyncio.StreamReader, most_bytes: int) -> list[bytes]:
    printed: list[bytes] = []
    size = 0
    while chunk := await output.read(_CHUNK_BYTES):
        printed.append(chunk)
        size += len(chunk)
        if size > most_bytes:
            raise ExtractionFailed("too_large", f"more than {most_bytes} bytes of text")
    return printed
