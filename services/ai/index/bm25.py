"""BM25: how much the words of a question tell of a passage (Robertson and Zaragoza, 2009, in Lucene's form).

    score = sum over words of idf * (K1 + 1) * f / (f + K1 * (1 - B + B * length / mean length))
    idf = ln(1 + (N - n + 0.5) / (n + 0.5))

where the word stands f times in the passage and in n of N passages. What the words are and how often they stand where
is counted by PostgreSQL.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

K1, B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question as it stands in the index; `weight` is its idf times K1 + 1."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Plan:
    """`leading` words find candidates, for which `common` words then count too.

    `cut` says that the only leading word stands in more passages than may be read.
    """

    leading: Sequence[Term]
    common: Sequence[Term]
    cut: bool


def plan(frequencies: Mapping[str, int], passages: int, *, budget: float) -> Plan:
    """Divides a question's words, given in how many of `passages` each stands.

    Words lead from the rarest on, as long as they stand in no more than `budget` passages together; the rarest leads in
    any case. So all words lead in most knowledge bases, and then the result is exact. Else passages may be missed that
    have none of the rare words, which weigh most.
    """
    rarest_first = sorted(frequencies.items(), key=lambda item: (item[1], item[0]))
    terms = [Term(term, (K1 + 1) * _idf(number, passages)) for term, number in rarest_first]
    postings, leading = 0, 0
    for _, number in rarest_first:
        postings += number
        if leading and postings > budget:
            break
        leading += 1
    return Plan(terms[:leading], terms[leading:], cut=min(frequencies.values(), default=0) > budget)


def _idf(number: int, passages: int) -> float:
    return math.log(1 + (passages - number + 0.5) / (number + 0.5))
