"""Reading server-sent events strictly (https://html.spec.whatwg.org/multipage/server-sent-events.html §9.2.6)."""

import re
from collections.abc import Iterator

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_EVENT_BYTES = 64 * 1024


class BadEventStream(ValueError):
    """The bytes are no event stream: not UTF-8, or an event without an end."""


class EventReader:
    """Bytes in, the data of each whole event out. What is not ended by a blank line is never given."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []
        self._bytes = 0
        self._has_begun = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        """The data of the events that `chunk` completes; read all of them before the next chunk.

        Raises:
            BadEventStream: these are no events.
        """
        read = self._rest + chunk
        held = b"\r" if read.endswith(b"\r") else b""  # the second half of this line's end may come with the next chunk
        *lines, rest = _LINE_END.split(read.removesuffix(held))
        self._rest = rest + held
        for line in lines:
            event = self._take(line)
            if event is not None:
                yield event
        if len(self._rest) > MOST_EVENT_BYTES:
            raise BadEventStream

    def _take(self, line: bytes) -> str | None:
        if not self._has_begun:
            self._has_begun, line = True, line.removeprefix(_BYTE_ORDER_MARK)
        if not line:
            event = "\n".join(self._data) if self._data else None
            self._data, self._bytes = [], 0
            return event
        field, _, value = line.partition(b":")
        if field == b"data":
            self._bytes += len(value) + 1
            if self._bytes > MOST_EVENT_BYTES:
                raise BadEventStream
            self._data.append(_text(value.removeprefix(b" ")))
        return None


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise BadEventStream from error
