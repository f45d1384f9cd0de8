"""What holds of the passages of every document, also of those that nobody would write."""

import re
import time
from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ai.extraction.values import Block
from services.ai.passages.splitting import indexed_text, passages_of
from tests.services.ai.passages.documents import count_words, document, heading, item, paragraph, table, words

WORDS = st.lists(
    st.sampled_from(["on", "the", "bill", "3.50", "z.", "Ende.", "Why?", "“so”", "値段。", "a:", "Nr."]), max_size=70
)
TEXTS = st.builds(" ".join, WORDS) | st.text(max_size=80)
NUMBERED = st.integers(0, 400).map(lambda count: words(count).replace("7 ", "7. Then "))
BLOCKS = st.one_of(
    st.builds(heading, st.integers(1, 6), TEXTS | NUMBERED),
    st.builds(paragraph, TEXTS | NUMBERED),
    st.builds(item, TEXTS),
    st.builds(
        lambda rows: table("\n".join(f"| {row} |" for row in rows)),
        st.lists(WORDS.map(" ".join), min_size=1, max_size=12).map(lambda rows: [rows[0], "---", *rows[1:]]),
    ),
)


def count_bytes(text: str) -> int:
    return -(-len(text.encode("utf-8", "surrogatepass")) // 3)


def found_words(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in re.findall(r"\w+", text)]


def is_subsequence(wanted: list[str], given: list[str]) -> bool:
    rest = iter(given)
    return all(any(word == other for other in rest) for word in wanted)


@settings(max_examples=120)
@given(
    st.lists(BLOCKS, max_size=14),
    st.lists(st.integers(1, 9), min_size=14, max_size=14),
    st.sampled_from([count_words, count_bytes]),
    st.sampled_from([48, 256]),
)
def test_nothing_is_lost_or_reordered_or_too_long(
    blocks: list[Block], pages: list[int], count: Callable[[str], int], most: int
) -> None:
    placed = [Block(b.kind, b.text, page, b.level) for b, page in zip(blocks, sorted(pages), strict=False)]
    passages = passages_of(document(*placed), count, most_tokens=most)

    body = found_words(block.text for block in placed if block.kind != "heading")
    titles = found_words(block.text for block in placed if block.kind == "heading")
    if count is count_words:  # which has no token smaller than a word
        assert is_subsequence(body, found_words(passage.text for passage in passages))
        assert set(titles) <= set(found_words(map(indexed_text, passages)))
    letters = "".join(found_words(passage.text for passage in passages))
    assert is_subsequence(list("".join(body)), list(letters))

    assert all(passage.tokens == count(indexed_text(passage)) <= most for passage in passages)
    assert all(passage.text.strip() for passage in passages)
    assert [passage.position for passage in passages] == list(range(len(passages)))
    assert all(p.page_from is not None and p.page_to is not None and p.page_from <= p.page_to for p in passages)
    assert all((a.page_from or 0) <= (b.page_from or 0) for a, b in pairwise(passages))
    assert passages == passages_of(document(*placed), count, most_tokens=most)


@pytest.mark.parametrize("unit", ["x", "値", ".", " .", "\n", "- ", "|", "a. ", "x" * 99 + " "])
def test_an_enormous_paragraph_takes_time_by_its_length_only(unit: str) -> None:
    def seconds(length: int) -> float:
        began = time.process_time()
        passages = passages_of(document(paragraph(unit * (length // len(unit)) + "x")), count_words, most_tokens=256)
        assert max(len(passage.text) for passage in passages) <= 256 * 8 + 50
        return time.process_time() - began

    assert seconds(400_000) < 40 * max(seconds(40_000), 0.02)


def test_ten_thousand_pages_take_seconds() -> None:
    page = [heading(2, "Section"), *(paragraph(words(60)) for _ in range(3))]
    began = time.process_time()
    passages = passages_of(document(*(page * 10_000)), count_words, most_tokens=256)
    assert len(passages) == 10_000
    assert time.process_time() - began < 10
