"""DocBook as antiword writes it (`antiword -x db`): chapters, sections, lists and tables."""

import io
import re
from typing import BinaryIO

from lxml import etree

from services.ai.extraction import xml
from services.ai.extraction.collector import Collector
from services.ai.extraction.values import Limits, Outline

_DOCUMENT_TYPE = re.compile(rb"<!DOCTYPE[^>\[]*>")
_LEVELS = {"chapter": 1, "sect1": 2, "sect2": 3, "sect3": 4, "sect4": 5, "sect5": 6}
_BLOCKS = frozenset({"title", "para", "informaltable"})


def read(file: BinaryIO, collector: Collector, _: Limits) -> Outline:
    """Reads a document.

    Raises:
        ExtractionFailed: `broken` or `too_large`.
    """
    title = None
    content = io.BytesIO(_DOCUMENT_TYPE.sub(b"", file.read(), count=1))
    for element in xml.subtrees(content, _BLOCKS, recover=True):
        parent = element.getparent()
        within = None if parent is None else parent.tag
        if element.tag != "title":
            _block(element, collector, in_list=within == "listitem")
        elif within == "book":
            title = element.text
        elif within in _LEVELS:
            collector.heading(_line(element), _LEVELS[str(within)])
    return Outline(title=title)


def _block(element: etree._Element, collector: Collector, *, in_list: bool) -> None:
    tables = list(element.iter("informaltable"))
    for table in tables:
        collector.table([_line(entry) for entry in row.iter("entry")] for row in table.iter("row"))
    if not tables and in_list:
        collector.list_item(_line(element))
    elif not tables:
        collector.paragraph(_line(element))


def _line(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext()).split())
