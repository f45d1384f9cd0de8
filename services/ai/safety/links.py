"""Links as they are compared: which ones a text has, and whether an answer may have one."""

import re
from urllib.parse import SplitResult, urlsplit

_URL = re.compile(r"(?:https?://|(?<![A-Za-z0-9@.-])www\.)[^\s<>\x00-\x1f\ue000-\uf8ff]+", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}+@(?:[^\W_][\w-]{0,62}+\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_TRAILING = ".,;:!?'\"*_~…“”‘’«»"
_PORTS = {"http": 80, "https": 443}
_LONGEST = 2000


def links_of(text: str) -> set[str]:
    """Every web and e-mail address in `text`, in or outside of Markdown, as `normalised_link` gives it."""
    found = {normalised_link(url) for _, url in bare_urls(text)} | {
        normalised_link(one) for one in _EMAIL.findall(text)
    }
    return {link for link in found if link is not None}


def bare_urls(text: str) -> list[tuple[int, str]]:
    """Where each web address begins, and the address without the punctuation after it (GFM §6.9)."""
    return [(match.start(), _without_punctuation(match.group())) for match in _URL.finditer(text)]


def normalised_link(link: str) -> str | None:
    """A link in the form in which two are compared, or None for what may be no link in any answer.

    A web address without distinction of http and https, of capitals in its host (RFC 3986 §6.2.2), and of an empty path
    and `/`; `mailto:` and `tel:` with their address alone. Anything else, such as a relative link, leads nobody knows
    where.
    """
    text = link.strip().removeprefix("<").removesuffix(">")
    if not text or len(text) > _LONGEST or re.search(r"[\s<>\\\x00-\x1f\x7f]", text):
        return None
    scheme, colon, rest = text.partition(":")
    if colon and scheme.lower() in {"mailto", "tel"}:
        return f"{scheme.lower()}:{rest.partition('?')[0].lower()}" if rest else None
    if _EMAIL.fullmatch(text):
        return f"mailto:{text.lower()}"
    if text[:4].lower() == "www.":
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        return _web_address(parts)
    except ValueError:
        return None


def _web_address(parts: SplitResult) -> str | None:
    """Raises ValueError for a port that is none."""
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        return None
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"https://{parts.hostname.rstrip('.')}{port}{parts.path.rstrip('/')}{query}{fragment}"


def _without_punctuation(url: str) -> str:
    """Also without a closing bracket that was not opened within it."""
    end = len(url)
    open_brackets = {")": url.count("(") - url.count(")"), "]": url.count("[") - url.count("]")}
    while end:
        last = url[end - 1]
        if last in open_brackets and open_brackets[last] < 0:
            open_brackets[last] += 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]
