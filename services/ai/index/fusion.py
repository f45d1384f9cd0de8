"""How the scores of both legs become one: a convex combination of scores, each over the best one of its leg.

Similarities begin at -1 and BM25 at 0, so that `(1 + similarity) / (1 + best)` and `score / best` lie between 0 and 1,
whatever else was found (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023, §4). Ranks
alone (reciprocal rank fusion) forget by how much the best is better; `docs/adr/0015-search-in-postgresql.md` has the
figures of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.ai.index.values import Place

MEANING = 0.8
"""The share of the meaning in a score; words have the rest."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that either leg found; without a vector its similarity is None."""

    place: Place
    similarity: float | None
    lexical: float


@dataclass(frozen=True, slots=True)
class Fused:
    """A candidate and what both legs together say of it, from 0 to 1."""

    candidate: Candidate
    score: float


def fused(candidates: Sequence[Candidate]) -> list[Fused]:
    """The best first; those with equal scores as they came."""
    most_similar = max((_similarity(one) for one in candidates), default=-1.0)
    most_words = max((one.lexical for one in candidates), default=0.0)
    scored = [
        Fused(
            one,
            MEANING * _share(1 + _similarity(one), 1 + most_similar) + (1 - MEANING) * _share(one.lexical, most_words),
        )
        for one in candidates
    ]
    return sorted(scored, key=lambda one: one.score, reverse=True)


def _similarity(candidate: Candidate) -> float:
    return -1.0 if candidate.similarity is None else candidate.similarity


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
