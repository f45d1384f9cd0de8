"""HTML as its reader sees it: headings, paragraphs, lists and tables; no scripts, and nothing that is hidden."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

from lxml import etree

from services.ai.extraction import html_tables
from services.ai.extraction.collector import Collector
from services.ai.extraction.html_hiding import Hiding
from services.ai.extraction.html_remote import remote_content
from services.ai.extraction.text import HEAD_BYTES, read_text
from services.ai.extraction.values import BlockKind, ExtractionFailed, Limits, Outline

# The encodings that web pages name most (https://w3techs.com/technologies/overview/character_encoding).
_ENCODINGS = (
    *("iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-8", "iso-8859-9", "iso-8859-15", "koi8-r"),
    *("windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256"),
    *("windows-1257", "shift_jis", "euc-jp", "iso-2022-jp", "gbk", "gb2312", "gb18030", "big5", "euc-kr", "utf-8"),
)
for _name in _ENCODINGS:
    "".encode(_name)  # loads it while files can still be opened
_DECLARED = re.compile(rb"<meta[^>]{1,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([a-zA-Z0-9_-]{1,30})", re.IGNORECASE)


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BREAKING = _tags(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr li legend main menu ol optgroup p pre search section summary table tbody"
    " td tfoot th thead tr ul"
)
_NO_TEXT = _tags(
    "applet area audio base button canvas col colgroup datalist embed frame frameset head iframe img input link map"
    " math meta nav noframes noscript object param progress script select source style svg template textarea title"
    " track video"
)
_WHITESPACE = re.compile(r"\s+")
Step = Literal["start", "end", "left_out"]


@dataclass(frozen=True, slots=True)
class _Context:
    """What text is where the walk is: the kind of its block, and whether its spaces and breaks are meant."""

    kind: BlockKind = "paragraph"
    level: int = 0
    preformatted: bool = False


def read(file: BinaryIO, collector: Collector, _: Limits) -> Outline:
    """Reads a page.

    Raises:
        ExtractionFailed: `wrong_type`, or `too_large`: nested beyond what libxml2 takes.
    """
    head = file.read(HEAD_BYTES)
    file.seek(0)
    root = _parse(read_text(file, declared=_declared(head)))
    title = None if root is None else root.find(".//title")
    if root is not None:
        _Page(root, collector).read()
    return Outline(title=None if title is None else title.text)


def read_fragment(text: str, collector: Collector) -> None:
    """HTML that stands in another text, such as Markdown.

    Raises:
        ExtractionFailed: `too_large`.
    """
    root = _parse(text)
    if root is not None:
        _Page(root, collector).read()


def text_of_fragment(text: str, collector: Collector) -> str:
    """The text of HTML that stands in one line of another text; what is hidden in it is reported.

    Raises:
        ExtractionFailed: `too_large`.
    """
    root = _parse(text)
    return "" if root is None else _Page(root, collector).text_of(root)


def _parse(text: str) -> etree._Element | None:
    """The page's tree; None where there is nothing."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, recover=True
    )
    root: etree._Element | None = etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise ExtractionFailed("too_large", "nested too deeply")
    return root


def _declared(head: bytes) -> str | None:
    match = _DECLARED.search(head)
    name = match[1].decode().lower() if match else ""
    return name if name in _ENCODINGS else None


def _walk(root: etree._Element, leaves_out: Callable[[etree._Element], bool]) -> Iterator[tuple[Step, etree._Element]]:
    """All elements in order, without recursion; of one that is left out nothing is seen but that it stood there."""
    walk = etree.iterwalk(root, events=("start", "end"))
    left_out = None
    for event, element in walk:
        if event == "start" and leaves_out(element):
            walk.skip_subtree()
            left_out = element
        elif event == "start":
            yield "start", element
        else:
            yield ("left_out" if element is left_out else "end"), element


def _words(hidden: etree._Element) -> Iterator[str]:
    """The text in an element that is not seen, but for that of its scripts."""
    for element in hidden.iter(etree.Element):
        if element.tag not in _NO_TEXT:
            yield element.text or ""
        if element is not hidden:
            yield element.tail or ""


class _Page:
    """What begins or ends a block ends the text before it."""

    def __init__(self, root: etree._Element, collector: Collector) -> None:
        self._root = root
        self._collector = collector
        self._hiding = Hiding(root)
        self._text: list[str] = []
        self._contexts = [_Context()]

    def read(self) -> None:
        for address in remote_content(self._root):
            self._collector.finding("remote_content", address)
        for step, element in _walk(self._root, self._takes_whole):
            if step == "start":
                self._start(element)
                self._add(element.text)
                continue
            if element.tag in _BREAKING:
                self._flush()
                if step == "end":
                    self._contexts.pop()
            self._add(element.tail)
        self._flush()

    def text_of(self, element: etree._Element) -> str:
        """All the text that is seen of an element, in one line."""
        parts: list[str] = []
        for step, each in _walk(element, self._leaves_out):
            if step == "start":
                parts += (" " if each.tag in _BREAKING or each.tag == "br" else "", each.text or "")
            elif each is not element:
                parts.append(each.tail or "")
        return _WHITESPACE.sub(" ", "".join(parts))

    def _start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "br":
            self._text.append("\n")
        if tag not in _BREAKING:
            return
        self._flush()
        context = self._contexts[-1]
        if tag in _HEADINGS:
            context = _Context("heading", _HEADINGS[tag])
        elif tag == "li":
            context = _Context("list_item")
        elif tag == "pre":
            context = replace(context, preformatted=True)
        self._contexts.append(context)

    def _add(self, text: str | None) -> None:
        if text:
            self._text.append(text if self._contexts[-1].preformatted else _WHITESPACE.sub(" ", text))

    def _flush(self) -> None:
        text, context = "".join(self._text), self._contexts[-1]
        self._text.clear()
        if context.kind == "heading":
            self._collector.heading(text, context.level)
        elif context.kind == "list_item":
            self._collector.list_item(text)
        else:
            self._collector.paragraph(text, keep_indentation=context.preformatted)

    def _takes_whole(self, element: etree._Element) -> bool:
        """Whether the walk goes past the element: nothing of it is seen, or it is a table and was read as one."""
        if self._leaves_out(element):
            return True
        if element.tag != "table" or html_tables.is_layout(element):
            return False
        self._flush()
        self._collector.table(html_tables.rows_of(element, self._leaves_out, self.text_of))
        return True

    def _leaves_out(self, element: etree._Element) -> bool:
        if element.tag in _NO_TEXT:
            return True
        if self._hiding.hides(element):
            self._collector.hidden(" ".join(_words(element)))
            return True
        return element.get("aria-hidden") == "true"
