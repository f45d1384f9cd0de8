"""How well a ranking fits judgements, as trec_eval and so BEIR reckon it (`ndcg_cut`, `recall`, `recip_rank`).

A judgement says how well a document answers a question: 0 not at all, 1 and more better and better. What nobody judged
counts as 0.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Measured:
    """Means over the questions, each from 0 to 1."""

    ndcg_at_10: float
    recall_at_100: float
    mrr: float


def measured(rankings: Mapping[str, Sequence[str]], judgements: Mapping[str, Mapping[str, int]]) -> Measured:
    """Of the documents found for each question, the best first. Every question counts that has a good document.

    Raises:
        ValueError: no question has one.
    """
    asked = [
        (rankings.get(question, ()), judged) for question, judged in judgements.items() if max(judged.values()) > 0
    ]
    if not asked:
        raise ValueError("no question has a document that answers it")
    return Measured(
        ndcg_at_10=fmean(ndcg(ranking, judged, at=10) for ranking, judged in asked),
        recall_at_100=fmean(recall(ranking, judged, at=100) for ranking, judged in asked),
        mrr=fmean(reciprocal_rank(ranking, judged) for ranking, judged in asked),
    )


def ndcg(ranking: Sequence[str], judged: Mapping[str, int], *, at: int) -> float:
    """Gain over that of the best ranking there is; a place's gain is halved by each doubling of the place, about."""
    ideal = _gain(sorted(judged.values(), reverse=True)[:at])
    return _gain([judged.get(document, 0) for document in ranking[:at]]) / ideal


def recall(ranking: Sequence[str], judged: Mapping[str, int], *, at: int) -> float:
    """The share of the good documents that is among the first `at`."""
    good = {document for document, gain in judged.items() if gain > 0}
    return len(good.intersection(ranking[:at])) / len(good)


def reciprocal_rank(ranking: Sequence[str], judged: Mapping[str, int]) -> float:
    """One over the place of the first good document; 0 if none was found."""
    return next((1 / place for place, document in enumerate(ranking, 1) if judged.get(document, 0) > 0), 0.0)


def _gain(gains: Sequence[int]) -> float:
    return sum(max(gain, 0) / math.log2(place + 1) for place, gain in enumerate(gains, 1))
