"""BM25: which words lead, and that the scores are those of the formula."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ai.index.bm25 import K1, B, plan
from services.ai.index.values import Tuning
from tests.services.ai.index.library import Library

PASSAGES = ("rye bread", "bread, bread and more bread", "cake with cream and rye and tea", "tea")


def reference(question: str, passages: list[list[str]]) -> list[float]:
    """The formula as it stands in the books, word by word."""
    mean = sum(len(one) for one in passages) / len(passages)
    scores = []
    for passage in passages:
        score = 0.0
        for word in set(question.split()):
            n, f = sum(word in one for one in passages), passage.count(word)
            idf = math.log(1 + (len(passages) - n + 0.5) / (n + 0.5))
            score += idf * f * (K1 + 1) / (f + K1 * (1 - B + B * len(passage) / mean))
        scores.append(score)
    return scores


async def test_scores_are_those_of_the_formula(library: Library) -> None:
    await library.ready(*PASSAGES[:2], language="pl")
    await library.ready(*PASSAGES[2:], language="pl")
    words = [one.replace(",", "").split() for one in PASSAGES]
    expected = {text: score for text, score in zip(PASSAGES, reference("rye bread tea", words), strict=True) if score}
    found = await library.search("rye bread tea", language="pl")
    assert {one.text: one.lexical_score for one in found} == pytest.approx(expected)
    assert [one.text for one in found] == sorted(expected, key=expected.__getitem__, reverse=True)


async def test_scores_of_several_knowledge_bases_are_those_of_all_their_passages(library: Library) -> None:
    other = await library.new_base(library.tenant_id)
    await library.ready(*PASSAGES[:2], language="pl")
    await library.ready(*PASSAGES[2:], language="pl", knowledge_base_id=other)
    words = [one.replace(",", "").split() for one in PASSAGES]
    found = await library.search("rye bread tea", language="pl", bases=[library.base_id, other])
    scores = dict(zip(PASSAGES, reference("rye bread tea", words), strict=True))
    assert {one.text: one.lexical_score for one in found} == pytest.approx(scores)


async def test_a_word_that_is_too_common_is_read_only_so_far(library: Library) -> None:
    await library.ready(*(f"bread {number}" for number in range(30)))
    assert len(await library.search("bread", limit=30)) == 30
    assert len(await library.search("bread", limit=30, tuning=Tuning(postings=7))) == 7


FREQUENCIES = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 1000), min_size=1, max_size=8)


@given(frequencies=FREQUENCIES, budget=st.integers(0, 3000))
def test_rare_words_lead_as_far_as_the_budget_goes(frequencies: dict[str, int], budget: int) -> None:
    made = plan(frequencies, 1000, budget=budget)
    assert {one.term for one in (*made.leading, *made.common)} == frequencies.keys()
    ordered = [frequencies[one.term] for one in (*made.leading, *made.common)]
    assert ordered == sorted(ordered)
    leading = sum(frequencies[one.term] for one in made.leading)
    assert made.cut == (leading > budget)
    assert not made.cut or len(made.leading) == 1
    assert not made.common or leading + frequencies[made.common[0].term] > budget


@given(frequencies=FREQUENCIES)
def test_rarer_words_weigh_more_and_none_weighs_less_than_nothing(frequencies: dict[str, int]) -> None:
    made = plan(frequencies, 1000, budget=10_000)
    assert not made.common
    weights = [one.weight for one in made.leading]
    assert all(first >= second > 0 for first, second in pairwise(weights)) or len(weights) == 1
