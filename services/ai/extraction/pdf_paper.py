"""What lies beneath the text of a PDF's page: pictures, and areas that are not white. Looked at only when text asks."""

import ctypes
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import pypdfium2_raw as pdfium  # type: ignore[import-untyped]  # it has no types

Matrix = tuple[float, float, float, float, float, float]
WHITE, SEE_THROUGH = 245, 10
"""Each of red, green and blue from here on is white to the eye; an opacity below this is none. Of 255."""
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_DEEPEST_FORM, _MOST_OBJECTS = 5, 20_000


class Box(NamedTuple):
    """A rectangle in points, from the page's lower left."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: "Box") -> bool:
        beside = self.right < other.left or other.right < self.left
        return not (beside or self.top < other.bottom or other.top < self.bottom)

    def covers_middle_of(self, other: "Box") -> bool:
        x, y = (other.left + other.right) / 2, (other.bottom + other.top) / 2
        return self.left <= x <= self.right and self.bottom <= y <= self.top


class Paper:
    """Of one page, as long as that is open."""

    def __init__(self, page: Any) -> None:
        self._page = page

    @cached_property
    def box(self) -> Box:
        """The part of the page that is shown."""
        found = pdfium.FS_RECTF()
        if not pdfium.FPDF_GetPageBoundingBox(self._page, found):
            return Box(-1e9, -1e9, 1e9, 1e9)
        return Box(found.left, found.bottom, found.right, found.top)

    def has_pictures(self) -> bool:
        return bool(self._painted[0])

    def shows_picture(self, box: Box) -> bool:
        """Whether a picture lies where `box` is."""
        return any(picture.covers_middle_of(box) for picture in self._painted[0])

    def is_coloured(self, box: Box) -> bool:
        """Whether anything that is not white lies there: white text can be read on it."""
        return self.shows_picture(box) or any(area.covers_middle_of(box) for area in self._painted[1])

    @cached_property
    def _painted(self) -> tuple[list[Box], list[Box]]:
        """Pictures, and coloured areas."""
        pictures: list[Box] = []
        areas: list[Box] = []
        count = pdfium.FPDFPage_CountObjects(self._page)
        objects = _objects(count, lambda index: pdfium.FPDFPage_GetObject(self._page, index), _IDENTITY, 0)
        for (each, matrix), _ in zip(objects, range(_MOST_OBJECTS), strict=False):
            kind = pdfium.FPDFPageObj_GetType(each)
            if kind in {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING}:
                pictures.append(_bounds(each, matrix))
            elif kind == pdfium.FPDF_PAGEOBJ_PATH and _is_coloured_path(each):
                areas.append(_bounds(each, matrix))
        return pictures, areas


def is_white(red: int, green: int, blue: int) -> bool:
    return min(red, green, blue) >= WHITE


def _objects(count: int, get: Callable[[int], Any], matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    """The objects of a page and of the forms in it, each with what places it on the page."""
    for index in range(count):
        each = get(index)
        if pdfium.FPDFPageObj_GetType(each) != pdfium.FPDF_PAGEOBJ_FORM:
            yield each, matrix
        elif depth < _DEEPEST_FORM:
            place = pdfium.FS_MATRIX()
            pdfium.FPDFPageObj_GetMatrix(each, place)
            within = _product((place.a, place.b, place.c, place.d, place.e, place.f), matrix)
            get_within = _getter(each)
            yield from _objects(pdfium.FPDFFormObj_CountObjects(each), get_within, within, depth + 1)


def _getter(form: Any) -> Callable[[int], Any]:
    return lambda index: pdfium.FPDFFormObj_GetObject(form, index)


def _is_coloured_path(path: Any) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(path, mode, stroke) or not mode.value:
        return False
    red, green, blue, opacity = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(path, red, green, blue, opacity):
        return True  # a pattern
    return opacity.value >= SEE_THROUGH and not is_white(red.value, green.value, blue.value)


def _bounds(each: Any, matrix: Matrix) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(each, left, bottom, right, top)
    a, b, c, d, e, f = matrix
    corners = [
        (a * x + c * y + e, b * x + d * y + f)
        for x, y in ((x.value, y.value) for x in (left, right) for y in (bottom, top))
    ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _product(one: Matrix, other: Matrix) -> Matrix:
    """First `one`, then `other` (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)
