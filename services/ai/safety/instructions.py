"""Finds passages that are written for a model: that tell it to forget its rules, to reveal or send something, or to
play another part. It is a hint to the business that owns the document, not a wall: what a model is given is marked as
data whatever this finds.

Each character is looked at a bounded number of times: words are looked up, signs are sought in a window that moves
forward only, and patterns repeat nothing without a bound.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, takewhile
from typing import Protocol

from services.ai.safety.disguises import (
    encoded_text,
    has_split_words,
    joined_letters,
    normalised,
    place_in_original,
    unseen_text,
    without_unseen,
)
from services.ai.safety.patterns import (
    ANY_LANGUAGE,
    FOUND_ELSEWHERE,
    TOKEN,
    Meaning,
    Patterns,
    Sign,
    Softener,
    Vocabulary,
    load_patterns,
)

LONGEST_TEXT = 500
_UNSPACED = frozenset({"zh", "ja"})
_UNSEEN = "unseen_text"
_DISGUISED = "disguised"


class PassageText(Protocol):
    """What is needed of a passage."""

    @property
    def position(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def headings(self) -> Sequence[str]: ...
    @property
    def page_from(self) -> int | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """A passage that is written for a model. `text` is the part that says so, at most 500 characters; `score` is 1 or
    more; `signs` are the names of what was found."""

    position: int
    page: int | None
    text: str
    score: float
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True)
class _Found:
    weight: float
    start: int
    language: str = ANY_LANGUAGE


Places = Mapping[tuple[str, str], Sequence[_Place]]
"""Where which concept stands, by language and concept, from the beginning to the end."""


def suspicious_passages(passages: Iterable[PassageText], language: str) -> Iterator[Suspicion]:
    """The passages of a document in `language` (ISO 639-1) that seem to be written for a model, in their order."""
    known: set[str] = set()
    for passage in passages:
        fresh = [heading for heading in passage.headings if heading not in known]
        known.update(fresh)
        suspicion = suspicion_of("\n\n".join([*fresh, passage.text]), language)
        if suspicion is not None:
            text, score, signs = suspicion
            yield Suspicion(position=passage.position, page=passage.page_from, text=text, score=score, signs=signs)


def suspicion_of(text: str, language: str) -> tuple[str, float, tuple[str, ...]] | None:
    """The part of `text` that seems to be written for a model, its score and the signs' names."""
    patterns, _ = _loaded()
    weights, start, shown = _signs_of(text, language)
    score = sum(weights.values())
    if score < patterns.threshold:
        return None
    begin = max(0, min(start - LONGEST_TEXT // 4, len(shown) - LONGEST_TEXT))
    return without_unseen(shown[begin : begin + LONGEST_TEXT]).strip(), round(score, 2), tuple(weights)


def _signs_of(text: str, language: str) -> tuple[dict[str, float], int, str]:
    """What each sign found weighs, where the first one starts, and the text that it starts in."""
    patterns, _ = _loaded()
    for inner, name in ((unseen_text(text), _UNSEEN), (encoded_text(text), "encoded")):
        weights = _plain_signs_of(inner, language)[0] if inner else {}
        if weights or (inner and name == _UNSEEN):
            weights[name] = patterns.threshold if name == _UNSEEN else patterns.encoded
            return weights, 0, inner
    weights, start = _plain_signs_of(text, language)
    return weights, start, text


def _plain_signs_of(text: str, language: str) -> tuple[dict[str, float], int]:
    patterns, _ = _loaded()
    visible = without_unseen(text)
    flat = normalised(visible)
    weights, starts = _wordings(flat, language)
    if (joined := joined_letters(flat)) != flat:
        spaced, spaced_starts = _wordings(joined, language)
        if sum(spaced.values()) > sum(weights.values()):
            weights, starts = {**spaced, _DISGUISED: patterns.disguised}, spaced_starts
    if weights and has_split_words(text):
        weights[_DISGUISED] = patterns.disguised
    for shape in patterns.shapes:
        if (match := shape.regex.search(visible)) is not None:
            weights[shape.name] = shape.weight
            starts.append(match.start())
    return weights, place_in_original(text, min(starts)) if starts else 0


def _wordings(flat: str, language: str) -> tuple[dict[str, float], list[int]]:
    """What each sign of words weighs in normalised text, and where they start."""
    patterns, vocabulary = _loaded()
    places, disguised = _places(flat, vocabulary)
    best: dict[str, tuple[str, _Found]] = {}
    for sign in patterns.signs:
        for found in _finds(sign, places, patterns, language):
            if found.weight > 0 and (sign.group not in best or found.weight > best[sign.group][1].weight):
                best[sign.group] = sign.name, found
    weights = {name: found.weight for name, found in best.values()}
    if weights and all(found.language != language for _, found in best.values()):
        weights["foreign"] = patterns.foreign
    if weights and disguised:
        weights[_DISGUISED] = patterns.disguised
    return weights, [found.start for _, found in best.values()]


def _places(flat: str, vocabulary: Vocabulary) -> tuple[Places, bool]:
    """Where concepts stand in normalised text, and whether some only show once a disguise is taken off."""
    found: dict[tuple[str, str], list[_Place]] = defaultdict(list)
    words: list[str] = []
    ends: list[int] = []
    telling: list[tuple[int, _Place, Sequence[Meaning]]] = []
    sentence, disguised = 0, False
    for match in TOKEN.finditer(flat):
        kind = match.lastgroup
        if kind == "word":
            word = match.group()
            if known := vocabulary.meanings(word):
                telling.append((len(words), _Place(match.start(), match.end(), sentence), known))
            words.append(word)
            ends.append(match.end())
        elif kind == "end":
            sentence += 1
        elif kind == "ideographs":
            _add_ideographs(found, match, sentence, vocabulary)
        else:
            found[ANY_LANGUAGE, str(kind)].append(_Place(match.start(), match.end(), sentence))
    for number, place, meanings in telling:
        for meaning in meanings:
            last = number + len(meaning.rest)
            if not meaning.rest or (last < len(words) and meaning.goes_on(words[number + 1 : last + 1])):
                found[meaning.language, meaning.concept].append(_Place(place.start, ends[last], place.sentence))
                disguised = disguised or meaning.disguised
    return found, disguised


def _add_ideographs(
    found: dict[tuple[str, str], list[_Place]], run: re.Match[str], sentence: int, vocabulary: Vocabulary
) -> None:
    for term in vocabulary.ideograph_terms.finditer(run.string, run.start(), run.end()):
        for meaning in vocabulary.ideographs[term.group()]:
            found[meaning.language, meaning.concept].append(_Place(term.start(), term.end(), sentence))


def _finds(sign: Sign, places: Places, patterns: Patterns, document_language: str) -> Iterator[_Found]:
    """Each place where a sign is complete, with what it weighs there, in the document's language first."""
    languages = {language for language, concept in places if concept == sign.needs[0]}
    for language in sorted(languages, key=lambda one: (one != document_language, one)):
        needed = [
            places.get((ANY_LANGUAGE if concept in FOUND_ELSEWHERE else language, concept), ())
            for concept in sign.needs
        ]
        reach = patterns.reach.ideographs if language in _UNSPACED else patterns.reach.letters
        for place in _windows(needed, reach):
            softened = sum(_softening(patterns.softeners[name], place, language, places) for name in sign.softened_by)
            yield _Found(max(0.0, sign.weight - softened), place.start, language)


def _windows(needed: Sequence[Sequence[_Place]], reach: int) -> Iterator[_Place]:
    """The smallest stretches of one sentence that hold a place of each kind, and are not longer than `reach`."""
    merged = sorted(((place.start, kind, place) for kind, places in enumerate(needed) for place in places), key=_order)
    held = [0] * len(needed)
    dropped = 0
    for _, kind, last in merged:
        held[kind] += 1
        while all(held):
            _, gone, first = merged[dropped]
            if first.sentence == last.sentence and last.start - first.start <= reach:
                yield _Place(first.start, max(first.end, last.end), first.sentence)
            held[gone] -= 1
            dropped += 1


def _order(entry: tuple[int, int, _Place]) -> tuple[int, int]:
    return entry[:2]


def _softening(softener: Softener, sign: _Place, language: str, places: Places) -> float:
    """The weight that is taken away."""
    near = places.get((language, softener.concept), ())
    number = bisect_left(near, sign.start - softener.before, key=lambda place: place.start)
    until = sign.end + softener.after
    there = (
        softener.other_sentences or place.sentence == sign.sentence
        for place in takewhile(lambda place: place.start < until, islice(near, number, None))
    )
    return softener.weight if any(there) else 0.0


@cache
def _loaded() -> tuple[Patterns, Vocabulary]:
    patterns = load_patterns()
    return patterns, Vocabulary(patterns)
