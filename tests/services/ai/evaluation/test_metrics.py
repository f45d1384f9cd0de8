"""Measures of a ranking: the figures that trec_eval gives."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ai.evaluation.metrics import measured, ndcg, recall, reciprocal_rank

JUDGED = {"good": 2, "fair": 1, "bad": 0}


def test_the_best_ranking_has_the_whole_gain() -> None:
    assert ndcg(["good", "fair", "bad"], JUDGED, at=10) == 1


def test_a_ranking_gains_less_the_later_its_good_documents_come() -> None:
    # (1 / log2 2 + 2 / log2 3) / (2 / log2 2 + 1 / log2 3), by hand from Järvelin and Kekäläinen, 2002
    best = 2 + 1 / math.log2(3)
    assert ndcg(["fair", "good"], JUDGED, at=10) == pytest.approx((1 + 2 / math.log2(3)) / best)
    assert ndcg(["unknown", "bad", "good"], JUDGED, at=10) == pytest.approx((2 / math.log2(4)) / best)


def test_only_the_first_places_count() -> None:
    ranking = [*(f"unknown {number}" for number in range(10)), "good"]
    assert ndcg(ranking, JUDGED, at=10) == 0
    assert recall(ranking, JUDGED, at=10) == 0
    assert recall(ranking, JUDGED, at=11) == 0.5


def test_what_was_judged_bad_is_not_missed() -> None:
    assert recall(["fair", "good"], JUDGED, at=100) == 1


@pytest.mark.parametrize(("ranking", "expected"), [(["good"], 1), (["bad", "fair"], 0.5), (["bad"], 0), ([], 0)])
def test_the_reciprocal_rank_is_that_of_the_first_good_document(ranking: list[str], expected: float) -> None:
    assert reciprocal_rank(ranking, JUDGED) == expected


def test_questions_count_alike_also_those_that_found_nothing() -> None:
    found = measured({"a": ["good"]}, {"a": {"good": 1}, "b": {"good": 1}, "nobody could": {"bad": 0}})
    assert (found.ndcg_at_10, found.recall_at_100, found.mrr) == (0.5, 0.5, 0.5)


def test_judgements_without_a_good_document_are_refused() -> None:
    with pytest.raises(ValueError, match="no question"):
        measured({"a": ["good"]}, {"a": {"bad": 0}})


@given(ranking=st.permutations(["good", "fair", "bad", "unknown"]))
def test_no_ranking_is_better_than_the_best(ranking: list[str]) -> None:
    assert 0 < ndcg(ranking, JUDGED, at=10) <= 1
    better = [document for document in ranking if document != "bad"]
    assert ndcg(better, JUDGED, at=10) >= ndcg(ranking, JUDGED, at=10)
