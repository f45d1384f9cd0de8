"""Identifiers: UUIDv7, so that rows sort by creation and indexes grow at one end (RFC 9562 §5.7)."""

import os
import re
import secrets
import time
import unicodedata
from uuid import UUID

_SLUG_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_SLUG_NAME_LENGTH = 40


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def new_slug(name: str) -> str:
    """A DNS label for `name`, such as `backer-sohne-k3x9`.

    The four random characters at the end keep two businesses of one name from learning of each other.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    label = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:_SLUG_NAME_LENGTH].strip("-") or "company"
    return f"{label}-{''.join(secrets.choice(_SLUG_ALPHABET) for _ in range(4))}"
