"""What a browser would fetch to show a page."""

import re
from collections.abc import Iterator

from lxml import etree

_ATTRIBUTES = ("src", "data", "poster", "background", "href")
_FETCHING = (
    "img",
    "script",
    "iframe",
    "frame",
    "embed",
    "object",
    "audio",
    "video",
    "source",
    "input",
    "body",
    "table",
    "td",
)
_FETCHED_LINKS = frozenset({"stylesheet", "icon", "preload", "prefetch", "modulepreload", "manifest"})
_REMOTE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_REMOTE_IN_STYLE = re.compile(r"(?:url\(|@import)[\s'\"]{0,5}((?:https?:)?//[^'\")\s;]{1,500})", re.IGNORECASE)


def remote_content(root: etree._Element) -> Iterator[str]:
    """The addresses, which name another host; links that wait for a click are none of them."""
    for element in root.iter(etree.Element):
        if element.tag in _FETCHING or (element.tag == "link" and _is_fetched(element)):
            for name in _ATTRIBUTES:
                if _REMOTE.match(address := element.get(name, "")):
                    yield address
        style = element.text if element.tag == "style" else element.get("style")
        if style and "//" in style:
            yield from _REMOTE_IN_STYLE.findall(style)


def _is_fetched(link: etree._Element) -> bool:
    return not _FETCHED_LINKS.isdisjoint((link.get("rel") or "").lower().split())
