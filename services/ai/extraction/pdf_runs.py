"""What a page of a PDF shows: pieces of text with their place and size, as pdfium tells them.

pdfium puts the characters of a page in order and adds spaces and line ends where their places ask for them; what they
make together is decided in `pdf_layout.py`.
"""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, repeat
from typing import Any, Literal, NamedTuple

import pypdfium2_raw as pdfium  # type: ignore[import-untyped]  # it has no types

from services.ai.extraction.pdf_paper import SEE_THROUGH, Box, Paper, is_white

Sight = Literal["seen", "hidden", "scanned", "unreadable"]
LINE_END, HYPHEN = "\n", "\ufffe"
"""`HYPHEN` is what pdfium makes of a hyphen at the end of a line."""
_HYPHEN_CODE = 2  # the same, where it gives numbers
SMALLEST = 2.0
"""In points; print that is meant to be read begins at four."""
_INVISIBLE, _FILLED = frozenset({3, 7}), frozenset({0, 2, 4, 6})  # text rendering modes, ISO 32000-1 table 106
UTF_16 = "utf-16-le"

# Asked for every character or word: without objects made and types checked for each it takes half the time.
pdfium.FPDFText_GetTextObject.restype = ctypes.c_void_p
for _asked in (
    *(pdfium.FPDFText_CountChars, pdfium.FPDFText_GetText, pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetTextObject),
    *(pdfium.FPDFText_IsGenerated, pdfium.FPDFText_HasUnicodeMapError),
    *(pdfium.FPDFText_GetCharBox, pdfium.FPDFText_GetCharOrigin, pdfium.FPDFText_GetMatrix),
    *(pdfium.FPDFText_GetFontSize, pdfium.FPDFText_GetFillColor, pdfium.FPDFTextObj_GetTextRenderMode),
):
    _asked.argtypes = None


@dataclass(slots=True)
class Run:
    """Characters of one look side by side; `LINE_END` alone ends a line. Places and `size` are in points."""

    text: str
    left: float = 0.0
    right: float = 0.0
    baseline: float = 0.0
    size: float = 0.0
    after_space: bool = False
    sight: Sight = "seen"


class _Look(NamedTuple):
    """What all characters of one text object share."""

    size: float
    mode: int
    is_transparent: bool
    is_white: bool


class PageText:
    """The text of one page, as long as that is open."""

    def __init__(self, page: Any, text: Any) -> None:
        self.paper = Paper(page)
        self._text = ctypes.cast(text, ctypes.c_void_p)
        self._looks: dict[int, _Look] = {}
        # Where pdfium writes its answers: made once, not for each.
        self._x, self._y, self._left, self._right, self._bottom, self._top = (ctypes.c_double() for _ in range(6))
        self._colour = tuple(ctypes.c_uint() for _ in range(3))
        self._opacity = ctypes.c_uint()
        self._matrix = pdfium.FS_MATRIX()
        self._into_origin = tuple(map(ctypes.byref, (self._x, self._y)))
        self._into_box = tuple(map(ctypes.byref, (self._left, self._right, self._bottom, self._top)))
        self._into_colour = tuple(map(ctypes.byref, (*self._colour, self._opacity)))
        self._into_matrix = ctypes.byref(self._matrix)

    def runs(self) -> Iterator[Run]:
        """In the order in which pdfium reads them."""
        after_space = False
        for start, end, characters, text_object in self._pieces():
            if text_object is None:
                if LINE_END in characters:
                    yield Run(LINE_END)
                after_space = LINE_END not in characters
                continue
            yield self._run(start, end, characters, text_object, after_space=after_space)
            after_space = False
            if characters.endswith(HYPHEN):
                yield Run(LINE_END)

    def _pieces(self) -> Iterator[tuple[int, int, str, int | None]]:
        """Neighbouring characters of one text object, or of none: then pdfium has added them."""
        count = pdfium.FPDFText_CountChars(self._text)
        objects = map(pdfium.FPDFText_GetTextObject, repeat(self._text), range(count))
        characters = self._characters(count)
        start = 0
        for text_object, group in groupby(objects):
            end = start + len(list(group))
            yield from self._parted(start, end, characters, text_object)
            start = end

    def _characters(self, count: int) -> str:
        """One for each of pdfium's."""
        buffer = (ctypes.c_ushort * (2 * max(count, 0) + 1))()
        units = pdfium.FPDFText_GetText(self._text, 0, count, buffer)
        text = bytes(buffer)[: 2 * max(units - 1, 0)].decode(UTF_16, "replace")
        if len(text) == count:
            return text
        # It leaves some characters out: those without a letter.
        codes = (pdfium.FPDFText_GetUnicode(self._text, at) for at in range(count))
        return "".join(HYPHEN if code == _HYPHEN_CODE else chr(min(code, 0x10FFFF)) for code in codes)

    def _parted(
        self, start: int, end: int, characters: str, text_object: int | None
    ) -> Iterator[tuple[int, int, str, int | None]]:
        """One text object may hold a row of a table: its pieces, and the spaces that pdfium has added between them."""
        begin = start
        at = characters.find(" ", start, end) if text_object is not None else -1
        while at >= 0:
            if at > begin and pdfium.FPDFText_IsGenerated(self._text, at) == 1:
                yield begin, at, characters[begin:at], text_object
                yield at, at + 1, " ", None
                begin = at + 1
            at = characters.find(" ", at + 1, end)
        if begin < end:
            yield begin, end, characters[begin:end], text_object

    def _run(self, start: int, end: int, characters: str, text_object: int, *, after_space: bool) -> Run:
        look = self._looks.get(text_object)
        if look is None:
            look = self._looks[text_object] = self._look(start, text_object)
        pdfium.FPDFText_GetCharBox(self._text, end - 1, *self._into_box)
        pdfium.FPDFText_GetCharOrigin(self._text, start, *self._into_origin)
        x, y, right = self._x.value, self._y.value, self._right.value
        sight = self._sight(start, look, Box(x, y, right, y + look.size / 2))
        return Run(characters, x, right, y, look.size, after_space, sight)

    def _look(self, at: int, text_object: int) -> _Look:
        pdfium.FPDFText_GetMatrix(self._text, at, self._into_matrix)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(ctypes.c_void_p(text_object))
        has_colour = mode in _FILLED and pdfium.FPDFText_GetFillColor(self._text, at, *self._into_colour)
        return _Look(
            size=pdfium.FPDFText_GetFontSize(self._text, at) * math.hypot(self._matrix.c, self._matrix.d),
            mode=mode,
            is_transparent=bool(has_colour) and self._opacity.value < SEE_THROUGH,
            is_white=bool(has_colour) and is_white(*(each.value for each in self._colour)),
        )

    def _sight(self, start: int, look: _Look, box: Box) -> Sight:
        if look.mode in _INVISIBLE:
            return "scanned" if self.paper.shows_picture(box) else "hidden"
        if look.is_transparent or look.size < SMALLEST or not box.overlaps(self.paper.box):
            return "hidden"
        if look.is_white and not self.paper.is_coloured(box):
            return "hidden"
        return "unreadable" if pdfium.FPDFText_HasUnicodeMapError(self._text, start) == 1 else "seen"
