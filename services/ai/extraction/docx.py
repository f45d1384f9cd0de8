"""DOCX (ECMA-376 part 1, WordprocessingML): headings by style, lists, tables, text boxes and notes.

It is read as it streams by. Deleted text, comments, headers and footers are no part of the text, and there are no pages
until a word processor lays it out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from lxml import etree

from services.ai.extraction import compound_file, xml
from services.ai.extraction.collector import Collector
from services.ai.extraction.docx_styles import (
    Style,
    child,
    flag,
    in_list,
    is_invisible,
    is_shaded,
    level_of,
    name_of,
    qualified,
    read_styles,
    value_of,
)
from services.ai.extraction.package import BROKEN, Package
from services.ai.extraction.values import ExtractionFailed, Limits, Outline

_ZIP = b"PK\x03\x04"
_MAIN = re.compile(
    r"application/vnd\.(?:openxmlformats-officedocument\.wordprocessingml|ms-word)"
    r"\.(?:document|template)(?:\.macroEnabled(?:Template)?)?\.main\+xml"
)
_BLOCKS, _NOTES, _PARAGRAPHS = qualified("p", "tbl"), qualified("footnote", "endnote"), qualified("p")
_CONTAINERS = frozenset(
    {"hyperlink", "ins", "moveTo", "smartTag", "sdt", "sdtContent", "fldSimple", "dir", "bdo", "customXml", "oMath"}
)
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_MOST_RELATIONSHIPS, _MOST_SPANNED = 100, 50
_PLAIN = Style()


def read(file: BinaryIO, collector: Collector, limits: Limits) -> Outline:
    """Reads a document.

    Raises:
        ExtractionFailed: `wrong_type`, `encrypted`, `broken` or `too_large`.
    """
    if compound_file.is_compound(file):
        if compound_file.holds(file, "EncryptedPackage"):
            raise ExtractionFailed("encrypted", "it has a password")
        raise ExtractionFailed("wrong_type", "it is an old Office file")
    if file.read(len(_ZIP)) != _ZIP:
        raise ExtractionFailed("wrong_type", "it is no ZIP")
    try:
        return Outline(title=_read(Package(file, limits), collector))
    except BROKEN as error:
        raise ExtractionFailed("broken", f"a part cannot be unpacked: {type(error).__name__}") from None


def _read(package: Package, collector: Collector) -> str | None:
    main = _main_part(package)
    _report(package, collector)
    folder = main.rpartition("/")[0]
    styles = package.open(f"{folder}/styles.xml")
    reader = _Reader(read_styles(styles) if styles else {}, collector)
    reader.part(package, main)
    for notes in ("footnotes", "endnotes"):
        reader.notes(package, f"{folder}/{notes}.xml")
    return _title(package) or reader.title


def _main_part(package: Package) -> str:
    types = package.open("[Content_Types].xml")
    if types is not None:
        for override in xml.tree(types):
            if _MAIN.fullmatch(override.get("ContentType", "")):
                return override.get("PartName", "").lstrip("/")
    raise ExtractionFailed("wrong_type", "its ZIP holds no Word document")


def _report(package: Package, collector: Collector) -> None:
    names = list(package.names())
    for name in names:
        if name.lower().endswith("vbaproject.bin"):
            collector.finding("macros", name)
    for name in [name for name in names if name.endswith(".rels")][:_MOST_RELATIONSHIPS]:
        part = package.open(name)
        for relationship in xml.tree(part) if part else ():
            kind = relationship.get("Type", "").rpartition("/")[2]
            if relationship.get("TargetMode") == "External" and kind != "hyperlink":
                collector.finding("remote_content", relationship.get("Target", ""))


def _title(package: Package) -> str | None:
    properties = package.open("docProps/core.xml")
    title = None if properties is None else child(xml.tree(properties), "title")
    return None if title is None else title.text


class _Reader:
    """Writes blocks in the order of the document; a text box comes after the paragraph that holds it."""

    def __init__(self, styles: Mapping[str, Style], collector: Collector) -> None:
        self.title: str | None = None
        self._styles = styles
        self._collector = collector

    def part(self, package: Package, name: str) -> None:
        part = package.open(name)
        if part is None:
            raise ExtractionFailed("broken", "its text is missing")
        for element in xml.subtrees(part, _BLOCKS):
            self._block(element)

    def notes(self, package: Package, name: str) -> None:
        part = package.open(name)
        for note in xml.subtrees(part, _NOTES) if part else ():
            if value_of(note, "type") in {None, "normal"}:
                self._blocks(note)

    def _blocks(self, container: etree._Element) -> None:
        for element in container:
            if name_of(element) in {"p", "tbl"}:
                self._block(element)
            elif name_of(element) in _CONTAINERS:
                self._blocks(element)

    def _block(self, element: etree._Element) -> None:
        if name_of(element) == "p":
            self._paragraph(element)
        else:
            self._table(element)

    def _paragraph(self, paragraph: etree._Element) -> None:
        properties = child(paragraph, "pPr")
        style = self._style(properties, "pStyle")
        text = self._text_of(paragraph, in_table=False)
        level = level_of(properties) or style.level
        if style.is_title:
            self.title = self.title or text
            self._collector.heading(text, 1)
        elif level is not None:
            self._collector.heading(text, level)
        elif in_list(properties) or (in_list(properties) is None and style.is_list):
            self._collector.list_item(text)
        else:
            self._collector.paragraph(text)
        for box in _boxes(paragraph):
            self._blocks(box)

    def _table(self, table: etree._Element) -> None:
        rows = [list(_within(row, "tc")) for row in _within(table, "tr")]
        if max(map(len, rows), default=0) > 1:
            self._collector.table([text for cell in row for text in self._cell(cell)] for row in rows)
            return
        for cell in (cell for row in rows for cell in row):  # a frame around text, no table
            self._blocks(cell)

    def _cell(self, cell: etree._Element) -> Iterator[str]:
        """Its text, and an empty one for each further column that it takes."""
        properties = child(cell, "tcPr")
        merged = child(properties, "vMerge")
        continues = merged is not None and value_of(merged) != "restart"
        paragraphs = (each for each in cell.iter(etree.Element) if each.tag in _PARAGRAPHS)
        yield "" if continues else " ".join(self._text_of(each, in_table=True) for each in paragraphs)
        span = value_of(child(properties, "gridSpan")) or "1"
        for _ in range(1, min(int(span), _MOST_SPANNED) if span.isdigit() else 1):
            yield ""

    def _text_of(self, paragraph: etree._Element, *, in_table: bool) -> str:
        """What is seen of a paragraph; what is not is reported."""
        properties = child(paragraph, "pPr")
        on_paper = not in_table and not is_shaded(properties)  # a table's style may shade it
        hidden_by_style = self._style(properties, "pStyle").is_hidden
        seen: list[str] = []
        hidden: list[str] = []
        for run in _runs(paragraph):
            how = child(run, "rPr")
            shows = flag(how, "vanish") is False
            is_hidden = is_invisible(how, on_paper=on_paper) or (
                not shows and (hidden_by_style or self._style(how, "rStyle").is_hidden)
            )
            (hidden if is_hidden else seen).append(_characters(run))
        self._collector.hidden("".join(hidden))
        return "".join(seen)

    def _style(self, properties: etree._Element | None, name: str) -> Style:
        return self._styles.get(value_of(child(properties, name)) or "", _PLAIN)


def _runs(container: etree._Element) -> Iterator[etree._Element]:
    for element in container:
        name = name_of(element)
        if name == "r":
            yield element
        elif name in _CONTAINERS:
            yield from _runs(element)


def _characters(run: etree._Element) -> str:
    return "".join((each.text or "") if name_of(each) == "t" else _CHARACTERS.get(name_of(each), "") for each in run)


def _boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The outermost text boxes; the copies for programs that do not know them are left out."""
    for element in paragraph:
        name = name_of(element)
        if name == "txbxContent":
            yield element
        elif name not in {"Fallback", "t", "rPr", "pPr"}:
            yield from _boxes(element)


def _within(container: etree._Element, name: str) -> Iterator[etree._Element]:
    for element in container:
        if name_of(element) == name:
            yield element
        elif name_of(element) in _CONTAINERS:
            yield from _within(element, name)
