"""How large a text is for an embedding model, and how it is cut where nothing else divides it."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

_CHARACTERS_PER_TOKEN = 8
"""More than any language has on average. A word of a million letters is one unknown token, but no small passage."""
_WINDOW = 200


class Span(NamedTuple):
    """A part of a text: where it begins and ends, and its size in tokens."""

    start: int
    end: int
    size: int


class Measure:
    """Counts tokens of parts that are to stand in passages of at most `most` tokens."""

    def __init__(self, count_tokens: Callable[[str], int], most: int) -> None:
        self.count = count_tokens
        self.most = most
        self.frame = count_tokens("")
        """What the model puts around every text."""

    def size(self, text: str) -> int:
        """Tokens of `text` among others. What cannot fit is estimated, so that it is not read for nothing."""
        least = -(-len(text) // _CHARACTERS_PER_TOKEN)
        return least if least > self.most else max(self.count(text) - self.frame, least)

    def cut(self, text: str, start: int, end: int, room: int) -> Iterator[Span]:
        """Parts of `text` from `start` to `end` without gaps, none larger than `room`, ended at spaces if possible."""
        width = min(_WINDOW, room * _CHARACTERS_PER_TOKEN)
        while start < end:
            stop = _stop(text, start, start + width, end)
            yield from self._halves(text, start, stop, room)
            start = stop

    def _halves(self, text: str, start: int, end: int, room: int) -> Iterator[Span]:
        size = self.size(text[start:end])
        if size <= room or end - start == 1:
            yield Span(start, end, size)
            return
        middle = _stop(text, start, (start + end) // 2, end)
        yield from self._halves(text, start, middle, room)
        yield from self._halves(text, middle, end, room)


def _stop(text: str, start: int, wanted: int, end: int) -> int:
    """After the last space before `wanted`; at `wanted` if there is none."""
    if wanted >= end:
        return end
    return max(text.rfind(" ", start, wanted), text.rfind("\n", start, wanted)) + 1 or wanted


def packed(sizes: Sequence[int], room: int, *, overlap: int = 0) -> Iterator[tuple[int, int]]:
    """Ranges of neighbours that fit `room` together, of about equal size.

    A range begins with the last one of the range before it, if that is no larger than `overlap`.
    """
    total = sum(sizes)
    target = total / max(1, -(-total // room))
    start, filled = 0, 0
    for index, size in enumerate(sizes):
        if filled and (filled + size > room or filled + size / 2 > target):
            yield start, index
            again = sizes[index - 1]
            repeats = start < index - 1 and again <= overlap and again + size <= room
            start, filled = (index - 1, again) if repeats else (index, 0)
        filled += size
    if sizes:
        yield start, len(sizes)
