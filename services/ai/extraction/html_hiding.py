"""Which elements of a page its reader does not see.

Told by the element itself and by simple rules (`.class`, `#id`, `tag.class`) of the page's own style sheets. What a
script or a style sheet elsewhere hides is seen here: this is no browser.
"""

import re
from collections.abc import Iterator

from lxml import etree

_HIDES = re.compile(
    r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}(?:hidden|collapse)|content-visibility\s{0,5}:\s{0,5}hidden"
    r"|font-size\s{0,5}:\s{0,5}0*\.?0*(?:px|pt|em|rem|%)?\s{0,5}(?:[;!]|$)|opacity\s{0,5}:\s{0,5}0*\.?0*\s{0,5}(?:[;!]|$)"
    r"|(?:^|[;\s])color\s{0,5}:\s{0,5}transparent|(?:left|top|right|bottom|text-indent)\s{0,5}:\s{0,5}-\d{4}",
    re.IGNORECASE,
)
_RULE = re.compile(r"([^{}]{1,2000})\{([^{}]{0,4000})\}")
_SELECTOR = re.compile(r"[a-z0-9]{0,20}([.#][\w-]{1,100})", re.IGNORECASE)


class Hiding:
    """The rules of one page."""

    def __init__(self, root: etree._Element) -> None:
        sheets = (sheet.text or "" for sheet in root.iter("style"))
        self._selectors = frozenset(selector for sheet in sheets for selector in _hidden_by(sheet))

    def hides(self, element: etree._Element) -> bool:
        if element.get("hidden") is not None or (element.tag == "dialog" and element.get("open") is None):
            return True
        if _HIDES.search(element.get("style", "")):
            return True
        return bool(self._selectors) and not self._selectors.isdisjoint(_selectors_of(element))


def _hidden_by(sheet: str) -> Iterator[str]:
    """Rules within `@media` are for other screens, or for paper."""
    for match in _RULE.finditer(_without_nested(sheet)):
        if _HIDES.search(match[2]):
            for selector in match[1].split(","):
                if simple := _SELECTOR.fullmatch(selector.strip()):
                    yield simple[1]


def _without_nested(sheet: str) -> str:
    """The sheet without rules that stand in another rule's braces."""
    kept: list[str] = []
    depth = 0
    start = 0
    for match in re.finditer(r"[{}]", sheet):
        depth = max(depth + (1 if match[0] == "{" else -1), 0)
        if depth == 0:
            rule = sheet[start : match.end()]
            start = match.end()
            if not rule.lstrip().startswith("@"):
                kept.append(rule)
    return "".join(kept)


def _selectors_of(element: etree._Element) -> Iterator[str]:
    if name := element.get("id"):
        yield f"#{name}"
    for each in (element.get("class") or "").split():
        yield f".{each}"
