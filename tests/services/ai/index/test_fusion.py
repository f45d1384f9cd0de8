"""Two scores become one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ai.index.fusion import Candidate, fused
from services.ai.index.values import Place


def candidate(position: int, similarity: float | None, lexical: float) -> Candidate:
    return Candidate(Place(UUID(int=1), position), similarity, lexical)


def order(*candidates: Candidate) -> list[int]:
    return [one.candidate.place.position for one in fused(candidates)]


def test_what_is_best_in_both_legs_has_the_whole_score() -> None:
    [best, second] = fused([candidate(1, 0.2, 1.0), candidate(2, 0.7, 4.0)])
    assert best.candidate.place.position == 2
    assert best.score == pytest.approx(1)
    assert 0 < second.score < 1


def test_without_vectors_words_decide() -> None:
    assert order(candidate(1, None, 1.0), candidate(2, None, 3.0), candidate(3, None, 2.0)) == [2, 3, 1]


def test_without_words_meaning_decides() -> None:
    assert order(candidate(1, -0.2, 0.0), candidate(2, 0.5, 0.0), candidate(3, 0.1, 0.0)) == [2, 3, 1]


def test_words_decide_between_passages_that_mean_about_the_same() -> None:
    assert order(candidate(1, 0.52, 0.0), candidate(2, 0.50, 6.0)) == [2, 1]


def test_a_word_does_not_outweigh_another_meaning() -> None:
    assert order(candidate(1, 0.05, 6.0), candidate(2, 0.80, 3.0)) == [2, 1]


def test_nothing_gives_nothing() -> None:
    assert fused([]) == []
    assert [one.score for one in fused([candidate(1, -1.0, 0.0)])] == [0]


SCORES = st.tuples(st.none() | st.floats(-1, 1), st.floats(0, 100))


@given(scores=st.lists(SCORES, max_size=8))
def test_scores_lie_between_nothing_and_all_and_fall(scores: list[tuple[float | None, float]]) -> None:
    found = [one.score for one in fused([candidate(place, *both) for place, both in enumerate(scores)])]
    assert found == sorted(found, reverse=True)
    assert all(0 <= score <= 1 + 1e-9 for score in found)
