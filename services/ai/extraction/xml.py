"""XML from strangers: no entities, no DTD, no network, and a bounded tree (https://cheatsheetseries.owasp.org, XXE)."""

from collections.abc import Iterator
from typing import IO

from lxml import etree

from services.ai.extraction.values import ExtractionFailed


def subtrees(stream: IO[bytes], tags: frozenset[str], *, recover: bool = False) -> Iterator[etree._Element]:
    """Each outermost element of one of the `tags` with all that is in it; it is forgotten when the next is asked for.

    With `recover`, what is not well-formed is read as well as it can be.

    Raises:
        ExtractionFailed: `broken`: no XML, an entity or DTD, or nested or long beyond libxml2's bounds.
    """
    open_elements = 0
    try:
        events = etree.iterparse(
            stream,
            events=("start", "end"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            recover=recover,
        )
        for event, element in events:
            if event == "start" and element.getparent() is None:
                _refuse_dtd(element)
            if element.tag not in tags:
                continue
            open_elements += 1 if event == "start" else -1
            if event == "end" and open_elements == 0:
                yield element
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise ExtractionFailed("broken", f"its XML is broken at line {error.lineno}") from None


def tree(stream: IO[bytes]) -> etree._Element:
    """The whole of a small part.

    Raises:
        ExtractionFailed: as `subtrees` does.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.parse(stream, parser).getroot()
    except etree.XMLSyntaxError as error:
        raise ExtractionFailed("broken", f"its XML is broken at line {error.lineno}") from None
    _refuse_dtd(root)
    return root


def _refuse_dtd(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise ExtractionFailed("broken", "its XML has a document type, which may declare entities")


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
