"""An uploaded file, brought here as it was announced, and scanned."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import BinaryIO, Literal

import structlog

from libs.adapters.malware import ScannerRefused, ScansFiles
from libs.adapters.objects import ObjectMissing, Objects

CHUNK_BYTES = 256 * 1024
Reason = Literal["missing", "wrong_size", "wrong_checksum", "not_scannable", "malware"]
logger = structlog.get_logger()


class UploadRefused(Exception):
    """The file is not what was announced, or must not be kept: for `reason`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


async def fetch_upload(
    objects: Objects, bucket: str, keys: Sequence[str], path: Path, *, size: int, sha256: str
) -> None:
    """Copies the first object of `keys` that exists to `path`: what is judged is what is stored, whatever is uploaded
    meanwhile. `size` in bytes and `sha256` (hexadecimal) are what was announced.

    Raises:
        UploadRefused: there is none, or it is not what was announced.
    """
    for key in keys:
        try:
            await _copy(objects, bucket, key, path, size=size, sha256=sha256)
        except ObjectMissing:
            continue
        return
    raise UploadRefused("missing")


async def _copy(objects: Objects, bucket: str, key: str, path: Path, *, size: int, sha256: str) -> None:
    digest, copied = hashlib.sha256(), 0
    async with objects.get(bucket, key) as reader:
        if reader.info.size != size:
            raise UploadRefused("wrong_size")
        with await asyncio.to_thread(path.open, "wb") as file:
            async for chunk in reader:
                digest.update(chunk)
                copied += len(chunk)
                await asyncio.to_thread(file.write, chunk)
    if copied != size:
        raise UploadRefused("wrong_size")
    if digest.hexdigest() != sha256:
        raise UploadRefused("wrong_checksum")


async def scan_file(scanner: ScansFiles, path: Path) -> None:
    """Has the file at `path` looked through for malware.

    Raises:
        UploadRefused: it holds some, or the scanner refuses to look at it.
    """
    try:
        async with aclosing(chunks_of(path)) as chunks:
            found = await scanner.scan(chunks)
    except ScannerRefused as error:
        logger.warning("upload.not_scannable", reason=error.detail)
        raise UploadRefused("not_scannable") from None
    if found is not None:
        logger.warning("upload.malware", found=found)
        raise UploadRefused("malware")


async def chunks_of(path: Path) -> AsyncGenerator[bytes, None]:
    """A file's content, piece by piece."""
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(_next_chunk, file):
            yield chunk


def _next_chunk(file: BinaryIO) -> bytes:
    return file.read(CHUNK_BYTES)
