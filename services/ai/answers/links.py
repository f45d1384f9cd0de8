"""Which links an answer may show: those that stand in its sources. Any other becomes its text, or its site's name."""

import re
from collections.abc import Iterable

URL = re.compile(r"(?:https?://|ftp://|www\.)(?P<rest>(?:\w[^\s<>\[\]\"`|\\^{}]*)?)", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?|ftp)://", re.IGNORECASE)
_LINKABLE = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_OTHER_LINK = re.compile(r"(?:mailto|tel):[^\s<>()\[\]\"']+", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_AUTOLINK = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{1,31}):\S*\Z")
_SITE_BEFORE = re.compile(r"(?:(?:https?|ftp)://|[^/?#@]*@|[^/?#]*www\.)", re.IGNORECASE)
_SITE = re.compile(r"[\w.-]*")
_TRAILING = ".,;:!?'*_~"


class KnownLinks:
    """The links that stand in some texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._known: set[str] = set()
        for text in texts:
            self._known.update(_key(found.group()) for found in _OTHER_LINK.finditer(text))
            self._known.update(_key(f"mailto:{found.group()}") for found in _ADDRESS.finditer(text))
            for found in URL.finditer(text):
                self._known |= {_key(found.group()), _key(without_trailing(found.group()))}

    def holds(self, url: str) -> bool:
        """Whether the very same link stands in the texts; `http` and `https`, and a slash at the end, are the same."""
        return _key(url) in self._known

    def may_link(self, destination: str) -> bool:
        """Whether a Markdown link may lead there."""
        return bool(_LINKABLE.match(destination)) and self.holds(destination)

    def shown(self, url: str) -> str:
        """The URL if it is known, else the name of its site."""
        return url if self.holds(url) else site(url)

    def in_angles(self, content: str) -> str:
        """What to show for `<content>`: a link, a site, an address, or nothing for a tag."""
        if _AUTOLINK.match(content):
            return f"<{content}>" if self.may_link(content) else site(content) if _SCHEME.match(content) else ""
        return content if _ADDRESS.fullmatch(content) else ""


def without_trailing(url: str) -> str:
    """Without the punctuation of the sentence around it (https://github.github.com/gfm/#autolinks-extension-)."""
    end = len(url)
    closing = url.count(")") - url.count("(")
    while end and (url[end - 1] in _TRAILING or (url[end - 1] == ")" and closing > 0)):
        closing -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def site(url: str) -> str:
    """The name of the site alone: no path and no query, which could carry something away."""
    while before := _SITE_BEFORE.match(url):
        url = url[before.end() :]
    named = _SITE.match(url)
    return named.group() if named else ""


def _key(url: str) -> str:
    bare = _SCHEME.sub("", url.replace("&amp;", "&"), count=1)
    host, slash, path = bare.partition("/")
    return (host.lower() + slash + path).rstrip("/")
