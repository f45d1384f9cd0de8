"""Sentences end where a reader would say so, in English, German and Chinese or Japanese."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ai.passages.sentences import sentences


def split(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["We deliver on Mondays.", "Orders close at noon!", "Any questions?", "Call us."]),
        ("en", ["Dr. Smith met Mrs. Jones at 5.30 p.m. on Friday.", "They talked."]),
        ("en", ["The rate is 3.14 percent.", "It rose by 0.5 points."]),
        ("en", ["See Fig. 3 and No. 7 on p. 12.", "The answer is no.", "We are sure."]),
        ("en", ["It was made by Acme Inc.", "The factory closed."]),
        ("en", ["Acme Inc. Berlin delivers, e.g. Parts and tools, etc., at www.example.com.", "Ask."]),
        ("en", ["The U.S. Government pays.", "He lives in the U.S.", "The rent is high."]),
        ("en", ['He said "Stop." and left.', '"Why?" she asked.', "(Nobody knew.)", '"Go!"', "They went."]),
        ("en", ["J. R. Tolkien wrote it.", "Well... maybe not.", "Wait…", "What?!", "really?", "yes."]),
        ("en", ["1. Introduction follows.", "It costs 20.", "Then 30."]),
        ("de", ["Am 3. Oktober 2024 war Feiertag.", "Das war z. B. in Köln so.", "Ende 2024.", "Neu 2025."]),
        ("de", ["Vgl. Abs. 2 Nr. 3 bzw. Anlage 4, d.h. Seite 5.", "Der Rest gilt usw.", "Die Frist endet."]),
        ("de", ["Sie sagte: „Komm sofort!“", "Er kam.", "„Warum?“ fragte sie.", "Ludwig XIV. August war König."]),
        ("de", ["Prof. Dr. Meier rechnet mit 3,5 Mio. Euro.", "Ca. 10 kg!", "Fertig."]),
        ("fr", ["Il pleut.", "Pourquoi ?", "Parce que."]),
        ("ru", ["Это так.", "А почему?", "Потому."]),
        ("hi", ["यह घर है।", "वह जाता है।"]),
    ],
)
def test_sentences_are_found(language: str, parts: list[str]) -> None:
    assert split(" ".join(parts), language) == parts


def test_chinese_and_japanese_need_no_space() -> None:
    assert split("你好。今天天气很好！你呢？", "zh") == ["你好。", "今天天气很好！", "你呢？"]
    assert split("彼は「行く。」と言った。「はい。」それだけ。", "ja") == [
        "彼は「行く。」と言った。",
        "「はい。」",
        "それだけ。",
    ]


def test_blank_lines_rows_and_items_end_a_sentence_and_bullets_are_not_part_of_it() -> None:
    text = (
        "Opening hours\n\nWe are open\non weekdays\n- Monday\n- Tuesday\n\n| Day | From |\n| --- | --- |\n| Mon | 9 |"
    )
    assert split(text) == [
        "Opening hours",
        "We are open\non weekdays",
        "Monday",
        "Tuesday",
        "| Day | From |",
        "| Mon | 9 |",
    ]


def test_a_date_at_the_start_of_a_line_is_no_item_in_german() -> None:
    assert split("Wir feiern am\n3. Oktober.", "de") == ["Wir feiern am\n3. Oktober."]
    assert split("1. Open it\n2. Close it") == ["1. Open it", "2. Close it"]


@given(
    st.text(alphabet=st.sampled_from(list('aBc1. .!?…\n\t-|"“”)(。」と')), max_size=60), st.sampled_from(["en", "de"])
)
def test_each_word_is_in_one_sentence_and_order_is_kept(text: str, language: str) -> None:
    found = sentences(text, language)
    assert all(a < b for a, b in found)
    assert all(first[1] <= second[0] for first, second in pairwise(found))
    assert all(text[start:end] == text[start:end].strip() for start, end in found)
    inside = "".join(text[start:end] for start, end in found)
    assert [c for c in inside if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize("unit", [".", "a.", "a. ", "\n", "\n ", '"', '."', "x", " ", "- ", "1. ", "\n| ", "A! "])
def test_time_grows_with_the_length_only(unit: str) -> None:
    text = unit * (400_000 // len(unit)) + "x"
    began = time.process_time()
    sentences(text, "de")
    assert time.process_time() - began < 5
