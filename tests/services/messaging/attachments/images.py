"""Images for tests: a photo as a camera makes it, and a bomb that is small until it is decoded."""

import io
import struct
import zlib

from PIL import Image

ORIENTATION = 0x0112
"""The tag of Exif that says how the camera was held."""


def photo(width: int, height: int, *, orientation: int = 1) -> bytes:
    """A JPEG."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, "JPEG", exif=exif)
    return file.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of one colour: a thousandth of the bytes that it takes when it is decoded."""
    rows = zlib.compress(bytes(1 + width * 3) * min(height, 2_000), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
