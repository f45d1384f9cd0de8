"""Brings an uploaded file here, as it was announced, and has it scanned."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import BinaryIO

import structlog

from libs.adapters.malware import ScannerRefused
from libs.adapters.objects import ObjectMissing
from services.ai.context import AiContext
from services.ai.documents.models import Document
from services.ai.documents.service import final_key, quarantine_key

CHUNK_BYTES = 256 * 1024
logger = structlog.get_logger()


class Failed(Exception):
    """No passages come of the document, for `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def fetch(context: AiContext, document: Document, path: Path) -> None:
    """Copies the file to `path`: what is judged is what is stored, whatever is uploaded meanwhile.

    Raises:
        Failed: there is no file, or not the one that was announced.
    """
    for key in (final_key(document), quarantine_key(document)):
        try:
            await _copy(context, document, key, path)
        except ObjectMissing:
            continue
        return
    raise Failed("missing")


async def _copy(context: AiContext, document: Document, key: str, path: Path) -> None:
    digest, size = hashlib.sha256(), 0
    async with context.objects.get(context.settings.documents_bucket, key) as reader:
        if reader.info.size != document.size:
            raise Failed("wrong_size")
        with await asyncio.to_thread(path.open, "wb") as file:
            async for chunk in reader:
                digest.update(chunk)
                size += len(chunk)
                await asyncio.to_thread(file.write, chunk)
    if size != document.size:
        raise Failed("wrong_size")
    if digest.hexdigest() != document.sha256:
        raise Failed("wrong_checksum")


async def scan(context: AiContext, path: Path) -> None:
    """Has the file at `path` looked through for malware.

    Raises:
        Failed: it holds some, or the scanner refuses to look at it.
    """
    try:
        async with aclosing(chunks(path)) as read:
            found = await context.scanner.scan(read)
    except ScannerRefused as error:
        logger.warning("document.not_scannable", reason=error.detail)
        raise Failed("not_scannable") from None
    if found is not None:
        logger.warning("document.malware", found=found)
        raise Failed("malware")


async def chunks(path: Path) -> AsyncGenerator[bytes, None]:
    """A file's content, piece by piece."""
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(_next_chunk, file):
            yield chunk


def _next_chunk(file: BinaryIO) -> bytes:
    return file.read(CHUNK_BYTES)
