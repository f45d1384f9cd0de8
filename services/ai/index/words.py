"""What counts as a word, and how words of one language are made alike: PostgreSQL's own stemmers (Snowball).

PostgreSQL's parser reads `and/or` as a file, `-19` as a number and, in a database of the locale C, a typographic quote
as a letter. So texts are first made plain: what is neither letter, digit nor mark separates words, in texts and
questions alike.
"""

from collections.abc import Mapping

LONGEST_WORD = 64
"""Letters; what is longer is no word that anybody asks for."""
UNKNOWN = "simple"
CONFIGURATIONS: Mapping[str, str] = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


def configuration_of(language: str) -> str:
    """PostgreSQL's text search configuration for an ISO 639-1 code; `simple`, which leaves words as they are, if none.

    The list is that of PostgreSQL 18, §12.6.6.
    """
    return CONFIGURATIONS.get(language, UNKNOWN)


def plain(text: str) -> str:
    """An expression in SQL for `text`, another one, in words with a space between each two."""
    # Compatibility forms, such as a PDF's ligatures, become letters; soft hyphens and joiners of no width vanish.
    letters = rf"translate(normalize({text}, NFKC), U&'\00AD\200B\200C\200D\FEFF', '')"
    return rf"regexp_replace({letters}, '[[:punct:][:space:]]+', ' ', 'g')"
