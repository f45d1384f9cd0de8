"""Words and their tokens: what a word's beginning becomes in one conversation, under the tenant's search key.

The same word has other tokens in another conversation, so that the index does not say who writes of the same. No I/O.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

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


def tokens_of_text(text: str, key: bytes | None, conversation_id: UUID) -> list[int]:
    """The tokens by which a message is found: of each word, its beginnings from three letters to 24, or all of it.

    Without a key there are none.
    """
    if key is None:
        return []
    beginnings = {beginning for word in {one.folded for one in words_in(text)} for beginning in _beginnings(word)}
    keyed = hmac.new(key, conversation_id.bytes, hashlib.sha256)
    return sorted(_token(beginning, keyed) for beginning in beginnings)


def tokens_of_words(words: Iterable[str], key: bytes, conversation_ids: Collection[UUID]) -> list[list[int]]:
    """For each folded word asked for, its tokens in those conversations: a message must have one of each list."""
    keyed = [hmac.new(key, one.bytes, hashlib.sha256) for one in conversation_ids]
    return [[_token(word[:LONGEST_PREFIX], one) for one in keyed] for word in words]


def _beginnings(word: str) -> Iterator[str]:
    if len(word) < SHORTEST_PREFIX:
        yield word
    for length in range(SHORTEST_PREFIX, min(len(word), LONGEST_PREFIX) + 1):
        yield word[:length]


def _token(beginning: str, keyed: hmac.HMAC) -> int:
    full = keyed.copy()
    full.update(beginning.encode())
    return int.from_bytes(full.digest()[:_TOKEN_BYTES], "big", signed=True)
