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
_ACCENTS = re.compile(r"[\u0300-\u036f]+")
_ENDING = re.compile(r"(?<=[^\W\d]{4})(?:ungen|ings|ung|ing|ed|es|en|er|em|s|e|n)\Z")
_LONGEST_STEM = 7
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, kw_only=True)
class Fit:
    """`score`, of which 1 is the best by words, ranks the sentences of one question; `coverage` is the share of the
    question's words that a sentence holds. `similarity` is known of those whose meaning was compared."""

    score: float
    coverage: float
    similarity: float | None = None


def fits(question: str, sentences: Sequence[str], fillers: Collection[str]) -> list[Fit]:
    """How well each sentence fits by its words, in their order."""
    wanted = set(stems(question, fillers))
    counted = [Counter(stems(sentence, ())) for sentence in sentences]
    weights = _weights(wanted, counted)
    lengths = [sum(words.values()) for words in counted]
    average = (sum(lengths) / len(lengths) if lengths else 0) or 1.0
    scores = [_bm25(words, weights, length / average) for words, length in zip(counted, lengths, strict=True)]
    best = max(scores, default=0.0) or 1.0
    return [
        Fit(score=score / best, coverage=sum(stem in words for stem in wanted) / len(wanted) if wanted else 0.0)
        for words, score in zip(counted, scores, strict=True)
    ]


def stems(text: str, fillers: Collection[str]) -> list[str]:
    """The text's words, in order, as far as they are compared; without `fillers`, which are `plain`."""
    found: list[str] = []
    for word in _WORD.findall(plain(text)):
        if word in fillers:
            continue
        if not word.isascii() and _WIDE.search(word):
            found.extend(_pairs(word))
        else:
            found.append(_ENDING.sub("", word)[:_LONGEST_STEM])
    return found


def plain(text: str) -> str:
    """Without case and accents."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", folded)))


def _pairs(word: str) -> list[str]:
    return [word[place : place + 2] for place in range(len(word) - 1)] or [word]


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
