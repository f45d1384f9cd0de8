"""Text as a model reads it: without invisible characters, lookalike letters and the like, and with what is encoded.

Each function reads its text once; what a pattern repeats is bounded or possessive, so that none takes longer per
character in a text that was made to be slow.
"""

import base64
import binascii
import re
import unicodedata

_MARKS = re.compile(r"[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0670\u0640\u3099\u309a]+")
_UNSEEN = re.compile(
    r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_BETWEEN_LETTERS = re.compile(r"[A-Za-z][\u200b\u2060-\u2064\ufeff][A-Za-z]")
# Emoji flags of regions are spelled in tags too, after a black flag (Unicode Technical Standard 51, §C).
_TAGS = re.compile(r"(?<!\U0001f3f4)[\U000e0020-\U000e007e]{4,}+")
_SELECTORS = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]{8,}+")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .*\-_]){4,}[^\W\d_](?![^\W_])")
_ENCODED = re.compile(r"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/_\-]{24,}+")
_SEPARATORS = str.maketrans("", "", " .*-_")
_LEET = str.maketrans("03457@$", "oeastas")
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝвкмнтгпиαοερτυικνχη",
    "aeopcyxijshdqwbkmhtrnuaoeptuikvxn",
)
"""Small letters of Cyrillic and Greek by the Latin one that they look like (Unicode Technical Standard 39, §4)."""


def normalised(text: str) -> str:
    """In small letters, without accents, compatibility forms and what nobody sees."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", without_unseen(text)).casefold().replace("ı", "i"))


def without_unseen(text: str) -> str:
    """Without characters that show nothing."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def place_in_original(text: str, offset: int) -> int:
    """Where in `text` the character stands that is at `offset` in `normalised(text)`."""
    seen = 0
    for place, character in enumerate(text):
        seen += len(normalised(character))
        if seen > offset:
            return place
    return len(text)


def plain_word(word: str, *, one: str = "i") -> str:
    """A normalised word with its lookalikes and digits as the letters that they stand for; 1 is an i, or an l."""
    if not word.isascii() and any("a" <= letter <= "z" for letter in word):
        word = word.translate(_LOOKALIKES)
    return word.translate(_LEET).replace("1", one)


def joined_letters(text: str) -> str:
    """`i g n o r e` as `ignore`."""
    return _SPACED.sub(lambda match: match.group().translate(_SEPARATORS), text)


def has_split_words(text: str) -> bool:
    """Whether something unseen stands within words of Latin letters, which no typesetter does."""
    return not text.isascii() and _BETWEEN_LETTERS.search(text) is not None


def unseen_text(text: str) -> str:
    """What is written in characters that show nothing: tags (U+E0020 and on) as ASCII, else a note that data are."""
    if text.isascii():
        return ""
    written = "".join(chr(ord(one) - 0xE0000) for run in _TAGS.findall(text) for one in run)
    return written or ("[invisible data]" if _SELECTORS.search(text) else "")


def encoded_text(text: str) -> str:
    """What is written in base64 (RFC 4648 §4, §5), one after the other, as far as it is text."""
    return "".join(decoded for match in _ENCODED.finditer(text) if (decoded := _decoded(match.group())).strip())


def _decoded(run: str) -> str:
    whole = run[: len(run) - (len(run) % 4 == 1)].replace("-", "+").replace("_", "/")
    try:
        decoded = base64.b64decode(whole + "=" * (-len(whole) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded if all(one.isprintable() or one.isspace() for one in decoded) else ""
