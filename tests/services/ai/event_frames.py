"""Frames of `application/vnd.amazon.eventstream`, as Bedrock streams them, and broken ones.

Source: https://smithy.io/2.0/aws/amazon-eventstream.html (prelude, headers, payload, two CRC32).
"""

import json
import struct
import zlib
from collections.abc import Mapping

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_STRING = 7


def event(kind: str, payload: Mapping[str, object] | bytes) -> bytes:
    """A frame with an event, its payload as JSON or as it is."""
    return _frame({":event-type": kind, ":content-type": "application/json", ":message-type": "event"}, payload)


def exception(name: str, message: str) -> bytes:
    """A frame that ends the stream by an error, such as `throttlingException`."""
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    return _frame(headers, {"message": message})


def corrupted(frame: bytes) -> bytes:
    """The same frame with one bit of its payload turned over."""
    place = len(frame) - 8
    return frame[:place] + bytes([frame[place] ^ 1]) + frame[place + 1 :]


def _frame(headers: Mapping[str, str], payload: Mapping[str, object] | bytes) -> bytes:
    head = b"".join(_header(name, value) for name, value in headers.items())
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    prelude = struct.pack("!II", 12 + len(head) + len(body) + 4, len(head))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + body
    return message + struct.pack("!I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    encoded = value.encode()
    return bytes([len(name)]) + name.encode() + bytes([_STRING]) + struct.pack("!H", len(encoded)) + encoded
