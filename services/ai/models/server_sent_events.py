"""Reading server-sent events strictly (https://html.spec.whatwg.org/multipage/server-sent-events.html §9.2.6)."""

import codecs
import re

_LINE_END = re.compile(r"\r\n|\n|\r")
MOST_EVENT_CHARACTERS = 64 * 1024


class BadEventStream(ValueError):
    """The bytes are no event stream: not UTF-8, or an event without an end."""


class EventReader:
    """Bytes in, the data of each whole event out. What is not ended by a blank line is never given."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._rest = ""
        self._data: list[str] = []
        self._characters = 0

    def feed(self, chunk: bytes) -> list[str]:
        """The data of the events that `chunk` completes.

        Raises:
            BadEventStream: these are no events.
        """
        try:
            text = self._rest + self._decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise BadEventStream from error
        held = text.endswith("\r")  # the second half of this line's end may come with the next chunk
        *lines, self._rest = _LINE_END.split(text[:-1] if held else text)
        if held:
            self._rest += "\r"
        if self._characters + len(self._rest) > MOST_EVENT_CHARACTERS:
            raise BadEventStream
        return [event for line in lines if (event := self._take(line)) is not None]

    def _take(self, line: str) -> str | None:
        if not line:
            event = "\n".join(self._data) if self._data else None
            self._data, self._characters = [], 0
            return event
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
            self._characters += len(value)
        return None
