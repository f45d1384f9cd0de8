"""Finding copied words in a text, however its white space and quote marks were written.

Signs that nobody sees, such as the soft hyphens of a PDF, do not count.
"""

import re
from collections.abc import Sequence

_ELLIPSES = re.compile(r"^(?:\s|…|\.{3})+|(?:\s|…|\.{3})+$")
# What reads the same: all quote marks, and what the prompt writes instead of the edges of citations and of sources.
_SAME = str.maketrans(
    {**dict.fromkeys('"“”„‟«»‘’‚‛`´′″', "'"), "[": "(", "<": "‹"} | dict.fromkeys(map(chr, range(32)), " ")
)
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SPACES = re.compile(rf"(?P<invisible>[{_INVISIBLE}]+)|\s+")


class QuotableText:
    """A text in which quotes are looked for. Prepared once; each look takes time in proportion to its length."""

    def __init__(self, text: str) -> None:
        self._normal, self._places = _normal(text)

    def find(self, quote: str) -> tuple[int, int] | None:
        """Where the words of `quote` stand in the text, or None. A quote without a letter or digit is found nowhere."""
        wanted, _ = _normal(_ELLIPSES.sub("", quote))
        wanted = wanted.strip()
        if not any(sign.isalnum() for sign in wanted):
            return None
        start = self._normal.find(wanted)
        if start < 0:
            return None
        return self._places[start], self._places[start + len(wanted) - 1] + 1


def _normal(text: str) -> tuple[str, Sequence[int]]:
    """The text as it is compared, and where each of its signs stands in `text`."""
    same = text.translate(_SAME)
    kept: list[str] = []
    places: list[int] = []
    end = 0
    for space in _SPACES.finditer(same):
        is_shown = space["invisible"] is None
        kept.append(same[end : space.start()] + " " * is_shown)
        places.extend(range(end, space.start() + is_shown))
        end = space.end()
    kept.append(same[end:])
    places.extend(range(end, len(same)))
    return "".join(kept), places
