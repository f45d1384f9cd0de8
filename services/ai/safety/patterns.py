"""The signs by which text for a model is known, read from `patterns.yaml` once, checked and made quick to look up."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.common.yaml_files import read_yaml
from services.ai.safety.disguises import normalised, plain_word

PATTERNS_FILE = Path(__file__).with_name("patterns.yaml")
ANY_LANGUAGE = "*"
FOUND_ELSEWHERE = frozenset({"url", "mail"})
"""Concepts that no language has words for."""
_IDEOGRAPHS = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# By the first group that takes part: addresses, a run without blanks, a word, the end of a sentence.
TOKEN = re.compile(
    r"(?P<url>https?://[^\s<>\"')\]]{1,500}|\bwww\.[^\s<>\"')\]]{1,500})"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})"
    rf"|(?P<ideographs>[{_IDEOGRAPHS}]++)"
    rf"|(?P<word>[@$]*+[^\W_{_IDEOGRAPHS}]++(?:[@$]++[^\W_{_IDEOGRAPHS}]*+)*+)"
    r"|(?P<end>[.!?؟।](?=\s|$)|[。！？]|\n\s*+\n)"
)
_LONGEST_WORD = 60
_SQUEEZED_FROM = 18
_DISGUISED_FROM = 3


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reach(_Part):
    """How many characters the words of a sign may be apart."""

    letters: int
    ideographs: int


class Softener(_Part):
    """Takes `weight` from signs that have `concept` in them, or so many characters `before` or `after` them."""

    concept: str
    weight: float
    before: int
    after: int
    other_sentences: bool = False


class Sign(_Part):
    """Words that give text for a model away; see the file."""

    name: str
    group: str
    weight: float = Field(gt=0)
    needs: tuple[str, ...] = Field(min_length=1)
    softened_by: tuple[str, ...]


class Shape(_Part):
    """Characters that give it away in any language."""

    name: str
    weight: float = Field(gt=0)
    pattern: str

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word says in a language, if the words after it are `rest`; each may end in `*`.

    `disguised` says that it is only readable once lookalikes and digits are letters again.
    """

    language: str
    concept: str
    rest: tuple[str, ...] = ()
    disguised: bool = False

    def goes_on(self, words: Sequence[str]) -> bool:
        """Whether `words`, as many as `rest`, are the rest of the phrase."""
        return all(_fits(word, part) for word, part in zip(words, self.rest, strict=True))


class Patterns(_Part):
    """The file. Raises pydantic's ValidationError where it names a concept or softener that it does not define."""

    threshold: float
    foreign: float
    disguised: float
    encoded: float
    reach: Reach
    softeners: Mapping[str, Softener]
    signs: tuple[Sign, ...]
    shapes: tuple[Shape, ...]
    squeezed: frozenset[str]
    words: Mapping[str, Mapping[str, str]]

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        concepts = {concept for words in self.words.values() for concept in words} | FOUND_ELSEWHERE
        named = {need for sign in self.signs for need in sign.needs} | {one.concept for one in self.softeners.values()}
        softeners = {name for sign in self.signs for name in sign.softened_by}
        if missing := (named - concepts) | (softeners - self.softeners.keys()):
            raise ValueError(f"nothing defines {', '.join(sorted(missing))}")
        for shape in self.shapes:
            re.compile(shape.pattern)
        return self


class Vocabulary:
    """Looks words up. What was asked for is remembered, as the words of a document repeat."""

    def __init__(self, patterns: Patterns) -> None:
        self._whole: dict[str, list[Meaning]] = {}
        self._beginnings: dict[str, list[Meaning]] = {}
        self._squeezed = patterns.squeezed
        ideographs: dict[str, list[Meaning]] = {}
        for language, words in patterns.words.items():
            for concept, entries in words.items():
                for entry in normalised(entries).split():
                    first, *rest = entry.split("_")
                    table = self._beginnings if first.endswith("*") else self._whole
                    if re.match(f"[{_IDEOGRAPHS}]", first):
                        table = ideographs
                    meaning = Meaning(language, concept, tuple(rest))
                    table.setdefault(first.removesuffix("*"), []).append(meaning)
        self._lengths = sorted({len(word) for word in self._beginnings})
        self.ideographs: Mapping[str, Sequence[Meaning]] = ideographs
        self.ideograph_terms = re.compile("|".join(sorted(ideographs, key=len, reverse=True)))
        self.meanings = lru_cache(maxsize=50_000)(self._meanings)

    def _meanings(self, word: str) -> tuple[Meaning, ...]:
        """What a normalised word may say, also where it is disguised or has an Arabic article before it."""
        if len(word) > _LONGEST_WORD:
            return ()
        found = self._of(word)
        if not found and len(word) >= _DISGUISED_FROM and (plain := plain_word(word)) != word and not word.isdigit():
            found = [replace(one, disguised=True) for one in self._of(plain) or self._of(plain_word(word, one="l"))]
        if not found and "\u0600" <= word[0] <= "\u06ff":
            found = [
                meaning for prefix in _ARABIC if word.startswith(prefix) for meaning in self._of(word[len(prefix) :])
            ]
        if not found and len(word) >= _SQUEEZED_FROM and any(phrase in word for phrase in self._squeezed):
            found = [Meaning("en", concept, disguised=True) for concept in ("ignore", "prior", "rules")]
        return tuple(found)

    def _of(self, word: str) -> list[Meaning]:
        found = list(self._whole.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found += self._beginnings.get(word[:length], ())
        return found


# And, so; with, for, like; the article: what Arabic writes together with a word.
_ARABIC = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك")


def _fits(word: str, part: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def load_patterns(path: Path = PATTERNS_FILE) -> Patterns:
    """Raises pydantic's ValidationError, which names every fault."""
    return Patterns.model_validate(read_yaml(path))
