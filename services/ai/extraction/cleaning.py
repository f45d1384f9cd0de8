"""Text as it is kept: NFC (https://unicode.org/reports/tr15/), without what nobody sees.

Control characters, soft hyphens, zero-width, bidirectional and tag characters and variation selectors are left out;
what they spell is told, because a language model reads what a person cannot see. Joiners stay between letters of
scripts that are written with them.
"""

import re
import unicodedata
from collections.abc import Iterator

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_BREAKS = re.compile(r" ?\n ?")
_MANY_BREAKS = re.compile(r"\n{3,}")

_JOINERS = "\u200c\u200d"
_ZERO_WIDTH = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAGS = "\U000e0000-\U000e007f"
_NO_CHARACTERS = "\ud800-\udfff\ufdd0-\ufdef\ufff9-\uffff"
_INVISIBLE = re.compile(f"[{_ZERO_WIDTH}{_DIRECTIONS}{_SELECTORS}{_TAGS}{_NO_CHARACTERS}]")
_LOST_JOINERS = re.compile(f"(?<![^\x00-\x7f])[{_JOINERS}]|[{_JOINERS}](?![^\x00-\x7f])")
_MANY_JOINERS = re.compile(f"([{_JOINERS}])[{_JOINERS}]+")
_SPELT_IN_TAGS = re.compile(f"[{_TAGS}]{{2,}}")
_SPELT_IN_SELECTORS = re.compile(f"[{_SELECTORS}]{{4,}}")
_SPELT_IN_ZERO_WIDTH = re.compile(f"[{_ZERO_WIDTH}{_JOINERS}{_DIRECTIONS}]{{8,}}")
_OVERRIDES = re.compile("[\u202d\u202e]([^\u202c\n]*)")


def clean(text: str, *, keep_indentation: bool = False) -> str:
    """The text in NFC without anything invisible, its spaces and empty lines reduced to one.

    With `keep_indentation`, as programs and tables of characters need it, spaces stay as they are.
    """
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text))
    if not text.isascii():
        text = _INVISIBLE.sub("", text).translate(_LIGATURES)
        text = unicodedata.normalize("NFC", _LOST_JOINERS.sub("", _MANY_JOINERS.sub(r"\1", text)))
    if keep_indentation:
        return text.strip("\n").rstrip()
    text = _AROUND_BREAKS.sub("\n", _SPACES.sub(" ", text))
    return _MANY_BREAKS.sub("\n\n", text).strip()


def hidden_in(text: str) -> Iterator[str]:
    """What invisible characters of the text spell, or what they do to what is seen."""
    if text.isascii():
        return
    for run in _SPELT_IN_TAGS.findall(text):
        if spelt := "".join(chr(ord(each) - 0xE0000) for each in run if 0xE0020 <= ord(each) < 0xE007F):
            yield spelt
    for run in _SPELT_IN_SELECTORS.findall(text):
        yield bytes(_selector_value(each) for each in run).decode("utf-8", "replace")
    for run in _SPELT_IN_ZERO_WIDTH.findall(text):
        yield f"{len(run)} invisible characters in a row"
    for run in _OVERRIDES.findall(text):
        if run.strip():
            yield f"shown in another order: {run}"


def _selector_value(selector: str) -> int:
    code = ord(selector)
    return code - 0xFE00 if code < 0xE0100 else code - 0xE0100 + 16
