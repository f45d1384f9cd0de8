"""The Range header (RFC 9110 §14): one range of bytes; several, or what is no range, mean the whole."""

import re

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Unsatisfiable(Exception):
    """The range lies outside the file (RFC 9110 §15.5.17)."""


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte, both included, or None for the whole. Raises `Unsatisfiable`."""
    match = _RANGE.fullmatch(header or "")
    if match is None or not any(match.groups()):
        return None
    start, end = match.groups()
    if not start:
        first, last = max(0, size - int(end)), size - 1
        if int(end) == 0 or size == 0:
            raise Unsatisfiable
        return first, last
    first, last = int(start), min(int(end), size - 1) if end else size - 1
    if end and int(end) < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return first, last
