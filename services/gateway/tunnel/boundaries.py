"""Follows where WebSocket frames begin and end in a stream of bytes, looking at their headers only (RFC 6455 §5.2)."""

_CLOSE = 0x8
_LENGTH_BYTES = {126: 2, 127: 8}


class FrameBoundaries:
    """`at_boundary` says that what was fed so far ends with a whole frame; `closing` that a close frame began."""

    __slots__ = ("_head", "_left", "closing")

    def __init__(self) -> None:
        self._head = bytearray()
        self._left = 0
        self.closing = False

    @property
    def at_boundary(self) -> bool:
        return not self._left and not self._head

    def feed(self, data: bytes) -> None:
        """Takes the next bytes."""
        self._advance(data, only_one=False)

    def rest_of_frame(self, data: bytes) -> int:
        """How many of the next bytes belong to the frame that is under way; they are taken, the others are not."""
        return 0 if self.at_boundary else self._advance(data, only_one=True)

    def _advance(self, data: bytes, *, only_one: bool) -> int:
        at, end = 0, len(data)
        while at < end:
            if self._left:
                step = min(self._left, end - at)
                self._left -= step
                at += step
            else:
                at = self._read_head(data, at)
            if only_one and self.at_boundary:
                break
        return at

    def _read_head(self, data: bytes, at: int) -> int:
        """Reads as much of a frame's header as there is; returns where it ends."""
        head = self._head
        while True:
            missing = _head_bytes(head) - len(head)
            if not missing:
                break
            part = data[at : at + missing]
            if not part:
                return at
            head += part
            at += len(part)
        length = head[1] & 0x7F
        extended = _LENGTH_BYTES.get(length, 0)
        self._left = int.from_bytes(head[2 : 2 + extended], "big") if extended else length
        self.closing = self.closing or head[0] & 0x0F == _CLOSE
        head.clear()
        return at


def _head_bytes(head: bytearray) -> int:
    if len(head) < 2:
        return 2
    masked = 4 if head[1] & 0x80 else 0
    return 2 + _LENGTH_BYTES.get(head[1] & 0x7F, 0) + masked
