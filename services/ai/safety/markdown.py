"""What a model wrote, made harmless to show: no images, no HTML, and no links but those that stand in the sources.

An image is fetched without a click, and a link can carry what was said to anywhere; both are how instructions in a
document get data out. The text is not parsed as Markdown: whatever could begin such a thing is taken out or escaped,
so that no renderer (CommonMark 0.31, GFM) can see more in it than this module did.
"""

import re
from collections.abc import Set as AbstractSet

import nh3

from services.ai.safety.links import bare_urls, normalised_link

REMOVED = "(…)"
"""Stands where an address was that is in no source."""
# Private characters that stand for what was checked, until the rest is escaped.
_CHECKED = {"\ue000": "[", "\ue001": "](", "\ue002": ")", "\ue003": "<", "\ue004": ">"}
_BEGIN, _OPEN, _CLOSE, _LESS, _GREATER = _CHECKED
_RESTORED = str.maketrans(_CHECKED)
_PRIVATE = re.compile(r"[\ue000-\ue004\x00]")
_IMAGE = re.compile(r"(?<!!)!++(?=\[)")
# Text in brackets that has none, and where it leads, with or without a title.
_LINK = re.compile(
    r"(?<!\\)\[([^\[\]]*+)\]\([ \t\n]{0,20}"
    r"(<[^<>\n]{0,2000}>|[^\s()<>]{0,2000}(?:\([^\s()<>]{0,500}\)[^\s()<>]{0,500}){0,4})"
    r"(?:[ \t\n]{1,20}(?:\"[^\"]{0,500}\"|'[^']{0,500}'|\([^()]{0,500}\)))?[ \t\n]{0,20}\)"
)
_AUTOLINK = re.compile(r"<([^\s<>]{1,2000})>")
_TAG = re.compile(r"(?<=(\S))?<(?=[A-Za-z/!?])")
_HTML_TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p",
    "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def safe_markdown(text: str, allowed_links: AbstractSet[str]) -> str:
    """`text` without images, HTML and foreign links; what a link or image says stays.

    `allowed_links` are those of the sources, as `links_of` gives them.
    """
    text = _IMAGE.sub("", _PRIVATE.sub("", text))
    text = _LINK.sub(lambda match: _checked_link(match, allowed_links), text)
    text = _AUTOLINK.sub(lambda match: _checked_autolink(match, allowed_links), text)
    # A blank before it, lest it be read as a part of the address that it follows.
    text = _TAG.sub(lambda match: " &lt;" if match.group(1) else "&lt;", _without_foreign_urls(text, allowed_links))
    return text.replace("](", r"]\(").replace("]:", r"]\:").translate(_RESTORED)


def safe_html(html: str, allowed_links: AbstractSet[str]) -> str:
    """HTML that was made of Markdown, with plain text formats and the links of the sources only."""

    def kept(_tag: str, attribute: str, value: str) -> str | None:
        return value if attribute != "href" or normalised_link(value) in allowed_links else None

    return nh3.clean(
        html,
        tags=_HTML_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=kept,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def _checked_link(match: re.Match[str], allowed: AbstractSet[str]) -> str:
    said, target = match.groups()
    if normalised_link(target) not in allowed:
        return said
    return f"{_BEGIN}{said}{_OPEN}{target.strip('<>')}{_CLOSE}"


def _checked_autolink(match: re.Match[str], allowed: AbstractSet[str]) -> str:
    link = normalised_link(match.group(1))
    if link is None:
        return match.group()
    return f"{_LESS}{match.group(1)}{_GREATER}" if link in allowed else REMOVED


def _without_foreign_urls(text: str, allowed: AbstractSet[str]) -> str:
    parts: list[str] = []
    done = 0
    for start, url in bare_urls(text):
        if normalised_link(url) not in allowed:
            parts += text[done:start], REMOVED
            done = start + len(url)
    return "".join([*parts, text[done:]])
