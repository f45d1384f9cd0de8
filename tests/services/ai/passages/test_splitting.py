"""Passages follow a document's structure, fit the model, and lose nothing."""

import re

import pytest

from services.ai.extraction.values import Block
from services.ai.passages.splitting import Passage, indexed_text, passages_of
from tests.services.ai.passages.documents import count_words, document, heading, item, paragraph, table, words


def split(*blocks: Block, most: int = 60) -> list[Passage]:
    return passages_of(document(*blocks), count_words, most_tokens=most)


def texts(*blocks: Block, most: int = 60) -> list[str]:
    return [passage.text for passage in split(*blocks, most=most)]


def test_a_passage_stands_under_its_headings_and_has_its_place() -> None:
    passages = split(
        heading(1, "Terms", 3),
        heading(2, "Returns", 3),
        paragraph(words(20), 3),
        paragraph(words(20), 4),
        heading(2, "Warranty", 5),
        paragraph(words(30), 5),
    )
    assert [(p.position, p.headings, p.page_from, p.page_to) for p in passages] == [
        (0, ("Terms", "Returns"), 3, 4),
        (1, ("Terms", "Warranty"), 5, 5),
    ]
    assert passages[0].text == f"{words(20)}\n\n{words(20)}"
    assert indexed_text(passages[1]) == f"Terms\nWarranty\n{words(30)}"
    assert [p.tokens for p in passages] == [44, 34]


def test_small_sections_beside_each_other_are_merged_with_their_headings_in_the_text() -> None:
    passages = split(
        heading(1, "Contact"),
        heading(2, "Phone"),
        paragraph("555 1234"),
        heading(2, "Mail"),
        paragraph("ask@example.com"),
    )
    assert [(p.headings, p.text) for p in passages] == [(("Contact",), "Phone\n\n555 1234\n\nMail\n\nask@example.com")]


def test_a_small_section_is_not_merged_across_a_heading_of_a_higher_one() -> None:
    passages = split(
        heading(1, "One"),
        heading(2, "Deep"),
        paragraph("few words"),
        heading(1, "Two"),
        paragraph("other words"),
    )
    assert [p.headings for p in passages] == [("One", "Deep"), ("Two",)]


def test_sections_that_are_not_small_stay_apart_though_they_would_fit() -> None:
    assert [
        p.headings for p in split(heading(1, "A"), paragraph(words(20)), heading(1, "B"), paragraph(words(20)))
    ] == [
        ("A",),
        ("B",),
    ]


def test_headings_under_which_nothing_stands_are_not_lost() -> None:
    passages = split(
        heading(1, "Part"), heading(2, "Empty"), heading(2, "Full"), paragraph(words(40)), heading(1, "Last")
    )
    everything = "\n".join(map(indexed_text, passages))
    assert all(everything.count(title) >= 1 for title in ("Part", "Empty", "Full", "Last"))
    assert indexed_text(passages[-1]).endswith("Last")


def test_paragraphs_stay_whole_and_fill_passages_evenly() -> None:
    sizes = [len(text.split()) for text in texts(*(paragraph(words(15)) for _ in range(6)))]
    assert sizes == [45, 45]


def test_a_long_paragraph_is_divided_between_sentences_and_repeats_a_short_one() -> None:
    long = [f"{words(20, prefix)} end." for prefix in "ABCDE"]
    short = "Note it well."
    divided = texts(paragraph(" ".join([*long[:2], short, *long[2:]])))
    assert divided[0] == f"{long[0]} {long[1]} {short}"
    assert divided[1].startswith(f"{short} {long[2]}")
    assert all(text.endswith(("end.", "well.")) for text in divided)


def test_a_sentence_that_does_not_fit_is_divided_between_words_without_loss() -> None:
    assert " ".join(texts(paragraph(words(300)))) == words(300)


def test_a_table_is_divided_between_rows_under_its_header() -> None:
    head = "| Part | Price |\n| --- | --- |"
    rows = [f"| part{number} | {number} |" for number in range(30)]
    divided = texts(table("\n".join([head, *rows])))
    assert len(divided) > 2
    assert all(text.startswith(f"{head}\n| part") for text in divided)
    assert [row for text in divided for row in text.split("\n")[2:]] == rows


def test_a_table_with_one_enormous_row_and_one_with_an_enormous_header_lose_nothing() -> None:
    tall = table(f"| a | b |\n| --- | --- |\n| {words(200)} | x |")
    wide = table(f"| {words(200, 'h')} |\n| --- |\n| y |")
    everything = " ".join(texts(tall, wide))
    found = re.findall(r"\w+", everything)
    assert {"x", "y", *words(200).split(), *words(200, "h").split()} <= set(found)


def test_a_list_stays_together_with_the_sentence_that_announces_it() -> None:
    things = (item("a pen"), item(f"• {words(24)}"), item("1. paper"))
    passages = texts(paragraph(words(30)), paragraph("You need the following:"), *things)
    assert passages == [words(30), f"You need the following:\n\n- a pen\n• {words(24)}\n1. paper"]


def test_a_long_list_is_divided_between_items() -> None:
    divided = texts(*(item(f"item{number} {words(9)}") for number in range(12)))
    assert all(line.startswith("- item") for text in divided for line in text.split("\n"))
    assert sum(text.count("- item") for text in divided) == 12


def test_a_long_heading_is_shortened_where_it_is_repeated_and_kept_whole_once() -> None:
    passages = split(heading(1, words(100, "h")), paragraph(words(90)))
    assert all(passage.headings[0].endswith("…") and len(passage.headings[0]) < 60 for passage in passages)
    assert set(words(100, "h").split()) <= set(" ".join(p.text for p in passages).split())


def test_many_headings_leave_room_for_text_and_none_is_lost() -> None:
    chain = [heading(level, f"{words(4, f'h{level}x')}") for level in range(1, 7)]
    passages = split(*chain, paragraph(words(100)), most=40)
    everything = " ".join(map(indexed_text, passages))
    assert all(word in everything.split() for block in chain for word in block.text.split())
    assert passages[-1].headings[-1] == chain[-1].text


def test_a_tokenizer_for_which_a_whole_is_more_than_its_parts_is_obeyed() -> None:
    def count(text: str) -> int:
        return len(text.split()) + len(text) // 20

    passages = passages_of(document(*(paragraph(words(7)) for _ in range(40))), count, most_tokens=32)
    assert max(passage.tokens for passage in passages) <= 32
    assert sum(len(passage.text.split()) for passage in passages) == 280


def test_a_paragraph_that_fits_but_for_its_heading_is_divided_after_all() -> None:
    def count(text: str) -> int:
        return len(text.split()) + 10 * ("\n" in text)

    passages = passages_of(document(heading(1, "Title"), paragraph(words(40))), count, most_tokens=41)
    assert max(passage.tokens for passage in passages) <= 41
    assert len(passages) == 2
    assert " ".join(passage.text for passage in passages) == words(40)


def test_too_small_a_model_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        split(paragraph("x"), most=31)
