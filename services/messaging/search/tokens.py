"""Words and their tokens. A token is what a word's beginning becomes under the tenant's search key. No I/O."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Letters and digits together; of scripts that put no space between words, each sign is a word. Mentions are none.
_WORD = re.compile(r"<@[0-9a-zA-Z-]+>|(?P<word>[぀-ヿ㐀-䶿一-鿿]|[^\W_぀-ヿ㐀-䶿一-鿿]+)")
SHORTEST_PREFIX = 3
LONGEST_PREFIX = 24
_TOKEN_BYTES = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, folded, and where it stands there."""

    folded: str
    start: int
    end: int


def folded(text: str) -> str:
    """As words are compared: compatibility forms and case folded, accents taken off (`Straße` is `strasse`)."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def words_in(text: str) -> Iterator[Word]:
    """The words of a text in their order."""
    for found in _WORD.finditer(text):
        if word := folded(found["word"] or ""):
            yield Word(word, found.start(), found.end())


def tokens_of_text(text: str, key: bytes) -> list[int]:
    """The tokens by which a message is found: of each word, its beginnings from three letters to 24, or all of it."""
    beginnings = {beginning for word in {one.folded for one in words_in(text)} for beginning in _beginnings(word)}
    return sorted(_token(beginning, key) for beginning in beginnings)


def tokens_of_query(query: str, key: bytes) -> list[int]:
    """The tokens that a message must have, all of them, so that each word of the query begins one of its words."""
    return sorted({_token(word, key) for word in (one.folded[:LONGEST_PREFIX] for one in words_in(query))})


def _beginnings(word: str) -> Iterator[str]:
    if len(word) < SHORTEST_PREFIX:
        yield word
    for length in range(SHORTEST_PREFIX, min(len(word), LONGEST_PREFIX) + 1):
        yield word[:length]


def _token(beginning: str, key: bytes) -> int:
    digest = hmac.new(key, beginning.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:_TOKEN_BYTES], "big", signed=True)
