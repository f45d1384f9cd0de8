"""Previews of images. An image that has none, because it is broken or a bomb, is a file like any other."""

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

CONTENT_TYPE = "image/webp"
PREVIEWED = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SECONDS = 20.0
_PROGRAM = Path(__file__).with_name("render_preview.py")
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview's bytes, and its size in pixels."""

    body: bytes
    width: int
    height: int


async def render_preview(image: Path, *, seconds: float = SECONDS) -> Preview | None:
    """The preview of the image in `image`; its folder is used for what is made on the way."""
    target = image.with_name("preview")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(_PROGRAM), str(image), str(target)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(seconds):
            printed, _ = await process.communicate()
    except TimeoutError:
        printed = b""
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()  # its end is told only once all that it printed was read
    if process.returncode != 0:
        logger.info("attachment.no_preview", exit_status=process.returncode)
        return None
    width, height = (int(number) for number in printed.split())
    return Preview(await asyncio.to_thread(target.read_bytes), width, height)
