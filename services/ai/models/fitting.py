"""How well sentences fit a question: by their words, and by their meaning where somebody can tell.

Words are compared by crude stems, without case and accents, and weighed as BM25 weighs them (Robertson and Zaragoza,
"The Probabilistic Relevance Framework: BM25 and Beyond", 2009), over the given sentences alone.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

ScoreSentences = Callable[[str, Sequence[str]], Awaitable[Sequence[float]]]
"""The similarity, at most 1, of a question to each of some sentences, by their embeddings."""

_WORD = re.compile(r"[^\W_]+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts without spaces: compared by pairs of signs
_ENDINGS = ("ungen", "ings", "ung", "ing", "ed", "es", "en", "er", "em", "s", "e", "n")
_SHORTEST_STEM, _LONGEST_STEM = 4, 7
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, kw_only=True)
class Fit:
    """`score` ranks the sentences of one question; `coverage` is the share of the question's words that one holds."""

    score: float
    coverage: float
    similarity: float | None


def fits(
    question: str, sentences: Sequence[str], fillers: Collection[str], similarities: Sequence[float] | None
) -> list[Fit]:
    """How well each sentence fits, in their order."""
    wanted = set(stems(question, fillers))
    counted = [Counter(stems(sentence, ())) for sentence in sentences]
    weights = _weights(wanted, counted)
    lengths = [sum(words.values()) for words in counted]
    average = sum(lengths) / len(lengths) if lengths else 1.0
    lexical = [_bm25(words, weights, length / average) for words, length in zip(counted, lengths, strict=True)]
    best = max(lexical, default=0.0)
    return [
        Fit(
            score=(value / best if best else 0.0) + (similarities[place] if similarities else 0.0),
            coverage=sum(stem in words for stem in wanted) / len(wanted) if wanted else 0.0,
            similarity=similarities[place] if similarities else None,
        )
        for place, (words, value) in enumerate(zip(counted, lexical, strict=True))
    ]


def stems(text: str, fillers: Collection[str]) -> list[str]:
    """The text's words, in order, as far as they are compared; without `fillers`."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        if word not in fillers:
            found.extend(_pairs(word) if _WIDE.search(word) else [_stem(word)])
    return found


def _pairs(word: str) -> list[str]:
    return [word[place : place + 2] for place in range(len(word) - 1)] or [word]


def _stem(word: str) -> str:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    if plain.isdecimal():
        return plain
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= _SHORTEST_STEM:
            return plain.removesuffix(ending)[:_LONGEST_STEM]
    return plain[:_LONGEST_STEM]


def _weights(wanted: Collection[str], counted: Sequence[Counter[str]]) -> dict[str, float]:
    """What is rare among the sentences weighs more."""
    weights: dict[str, float] = {}
    for stem in wanted:
        holding = sum(1 for words in counted if stem in words)
        weights[stem] = math.log(1 + (len(counted) - holding + 0.5) / (holding + 0.5))
    return weights


def _bm25(words: Counter[str], weights: dict[str, float], relative_length: float) -> float:
    damping = _K1 * (1 - _B + _B * relative_length)
    return sum(
        weight * words[stem] * (_K1 + 1) / (words[stem] + damping) for stem, weight in weights.items() if stem in words
    )
