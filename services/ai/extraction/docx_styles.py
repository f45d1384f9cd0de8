"""Styles of a Word document, and what its elements say about themselves."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from lxml import etree

from services.ai.extraction import xml

NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # "strict"
)
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_OFF = frozenset({"0", "false", "off", "none"})
_BODY_TEXT = 9
_DEEPEST_INHERITANCE = 20
_TINY = 3
"""In half points."""
_WHITE = "FFFFFF"


@dataclass(frozen=True, slots=True)
class Style:
    """What a style, with those it is based on, makes of a paragraph or run."""

    level: int | None = None
    is_title: bool = False
    is_list: bool = False
    is_hidden: bool = False


def qualified(*names: str) -> frozenset[str]:
    """The names as lxml gives them, in each of the format's namespaces."""
    return frozenset(f"{{{namespace}}}{name}" for namespace in NAMESPACES for name in names)


def name_of(element: etree._Element) -> str:
    """Without its namespace."""
    return str(element.tag).rpartition("}")[2]


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """What is found going down by these names."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if name_of(each) == name), None)
    return element


def value_of(element: etree._Element | None, name: str = "val") -> str | None:
    if element is None:
        return None
    return next((str(value) for key, value in element.items() if str(key).rpartition("}")[2] == name), None)


def flag(properties: etree._Element | None, name: str) -> bool | None:
    """A property that is there is on, unless it says otherwise; None where it is not there."""
    element = child(properties, name)
    return None if element is None else (value_of(element) or "").lower() not in _OFF


def level_of(properties: etree._Element | None) -> int | None:
    """The level of a heading that a paragraph's properties give, from 1."""
    value = value_of(child(properties, "outlineLvl")) or ""
    return int(value) + 1 if value.isdigit() and int(value) < _BODY_TEXT else None


def in_list(properties: etree._Element | None) -> bool | None:
    numbering = child(properties, "numPr")
    return None if numbering is None else value_of(child(numbering, "numId")) != "0"


def is_invisible(properties: etree._Element | None, *, on_paper: bool) -> bool:
    """Whether a run's properties make it unreadable: hidden, smaller than print, or white where the paper is."""
    if properties is None:
        return False
    size = value_of(child(properties, "sz"))
    if flag(properties, "vanish") or (size is not None and size.isdigit() and int(size) <= _TINY):
        return True
    is_white = (value_of(child(properties, "color")) or "").upper() == _WHITE
    return is_white and on_paper and not is_shaded(properties)


def is_shaded(properties: etree._Element | None) -> bool:
    """Whether anything but white lies beneath the text."""
    fill = (value_of(child(properties, "shd"), "fill") or "auto").upper()
    return fill not in {"AUTO", _WHITE} or child(properties, "highlight") is not None


def read_styles(stream: IO[bytes]) -> Mapping[str, Style]:
    """Each style by its id.

    Raises:
        ExtractionFailed: `broken`.
    """
    own: dict[str, tuple[Style, str | None]] = {}
    for element in xml.subtrees(stream, qualified("style")):
        if identity := value_of(element, "styleId"):
            own[identity] = (_own(element), value_of(child(element, "basedOn")))
    return {identity: _inherited(identity, own) for identity in own}


def _own(element: etree._Element) -> Style:
    name = value_of(child(element, "name")) or ""
    paragraph = child(element, "pPr")
    heading = _HEADING.fullmatch(name)
    return Style(
        level=int(heading[1]) if heading else level_of(paragraph),
        is_title=name.lower() == "title",
        is_list=bool(in_list(paragraph)),
        is_hidden=bool(flag(child(element, "rPr"), "vanish")),
    )


def _inherited(identity: str, own: Mapping[str, tuple[Style, str | None]]) -> Style:
    chain = list(_chain(identity, own))
    return Style(
        level=next((style.level for style in chain if style.level is not None), None),
        is_title=chain[0].is_title,
        is_list=any(style.is_list for style in chain),
        is_hidden=any(style.is_hidden for style in chain),
    )


def _chain(identity: str, own: Mapping[str, tuple[Style, str | None]]) -> Iterator[Style]:
    """The style and those it is based on, which may be a circle."""
    following: str | None = identity
    for _ in range(_DEEPEST_INHERITANCE):
        if following is None or following not in own:
            return
        style, following = own[following]
        yield style
