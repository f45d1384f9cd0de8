"""How the scores of both legs become one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

from services.ai.index.values import Place

SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Candidate:
    place: Place
    similarity: float | None
    lexical: float
    score: float = 0.0


def best_of(candidates: Sequence[Candidate], *, limit: int) -> list[Candidate]:
    highest = max((one.lexical for one in candidates), default=0.0) or 1.0
    scored = [
        replace(one, score=SHARE * max(0.0, one.similarity or 0.0) + (1 - SHARE) * one.lexical / highest)
        for one in candidates
    ]
    return nlargest(limit, scored, key=lambda one: one.score)
