"""The extractive answerer."""

from collections.abc import Sequence

import pytest

from libs.adapters.errors import PortError
from services.ai.answers.citing import Citation, CitationParser, Text
from services.ai.models import LocalModelSettings, Message, ModelRequest, Source
from services.ai.models.local import LocalModel
from services.ai.models.prompt import NOT_IN_SOURCES
from tests.services.ai.models.asking import HOURS, PARKING, answered, question

PRICES = Source(
    number=3,
    title="Preisliste",
    page=1,
    text="Der Eintritt kostet 12 Euro. Kinder unter sechs Jahren zahlen nichts. Die Kündigung ist jederzeit möglich.",
)


async def said(request: ModelRequest, model: LocalModel | None = None) -> str:
    return (await answered((model or LocalModel(LocalModelSettings())).stream(request))).text


def read(answer: str, request: ModelRequest) -> tuple[str, list[tuple[int, str]], CitationParser]:
    parser = CitationParser(request.sources)
    pieces = parser.feed(answer) + parser.close()
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    return text, [(piece.source_number, piece.quote) for piece in pieces if isinstance(piece, Citation)], parser


async def test_it_says_what_it_is_and_quotes_the_sentence_that_fits() -> None:
    answer = await said(question("Is it closed on Sundays?"))

    assert answer == (
        "These sentences of the documents fit the question best:\n"
        '\n- On Sundays it is closed. [1: "On Sundays it is closed."]'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Was kostet der Eintritt?", "Der Eintritt kostet 12 Euro."),
        ("Kann man kündigen?", "Die Kündigung ist jederzeit möglich."),
        ("Müssen Kinder zahlen?", "Kinder unter sechs Jahren zahlen nichts."),
    ],
)
async def test_it_speaks_german_and_finds_words_in_other_forms(text: str, expected: str) -> None:
    request = question(text, sources=(HOURS, PRICES), language="de")

    shown, citations, _ = read(await said(request), request)

    assert shown.startswith("Diese Sätze der Dokumente passen am besten zur Frage:")
    assert (3, expected) in citations


async def test_other_languages_hear_english() -> None:
    assert (await said(question("À quelle heure ?", language="fr"))).endswith("fits this question.")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "I found no sentence in the documents that fits this question."),
        ("de", "Ich habe in den Dokumenten keinen Satz gefunden, der zu dieser Frage passt."),
    ],
)
async def test_if_no_sentence_fits_it_says_so(language: str, expected: str) -> None:
    request = question("Who invented the telescope?", language=language)

    answer = await said(request)
    shown, citations, parser = read(answer, request)

    assert answer.startswith(NOT_IN_SOURCES)
    assert parser.not_in_sources
    assert (shown.strip(), citations) == (expected, [])


@pytest.mark.parametrize("text", ["What is it?", "???"])
async def test_a_question_of_empty_words_fits_nothing(text: str) -> None:
    assert NOT_IN_SOURCES in await said(question(text))


async def test_without_sources_nothing_fits() -> None:
    assert NOT_IN_SOURCES in await said(question(sources=()))


async def test_sentences_come_in_reading_order_and_are_few() -> None:
    many = tuple(
        Source(number=number, title="T", page=None, text=f"The garden has apple trees{' and more' * (9 - number)}.")
        for number in range(1, 9)
    )
    request = question("How many apple trees are in the garden?", sources=many)

    _, citations, _ = read(await said(request), request)

    assert [number for number, _ in citations] == [6, 7, 8]  # the shortest fit best, the last one most of all


async def test_the_same_sentence_is_said_once() -> None:
    twice = (HOURS, Source(number=2, title="Copy", page=None, text=HOURS.text.replace(" ", "\n", 3)))
    request = question("Is it closed on Sundays?", sources=twice)

    _, citations, _ = read(await said(request), request)

    assert citations == [(1, "On Sundays it is closed.")]


async def test_a_heading_helps_to_find_what_stands_below_it_and_answers_nothing_itself() -> None:
    text = "Bread\n\nRye loaf 4.20\n\nA roll costs less.\n\nOpening hours\n\nWe begin at six o'clock."
    house = Source(number=1, title="House", page=None, text=text)

    hours = question("What are your opening hours?", sources=(house,))
    assert read(await said(hours), hours)[1] == [(1, "We begin at six o'clock.")]

    price = question("How much is a rye loaf?", sources=(house,))
    assert (1, "Rye loaf 4.20") in read(await said(price), price)[1]


async def test_what_is_said_in_other_words_is_found_by_its_meaning() -> None:
    asked: list[str] = []

    async def score(text: str, sentences: Sequence[str]) -> Sequence[float]:
        asked.append(text)
        return [0.8 if "euro" in sentence else 0.1 for sentence in sentences]

    request = question("How expensive is leaving my car with you?")
    without = read(await said(request), request)[1]
    found = read(await said(request, LocalModel(LocalModelSettings(), score)), request)[1]

    assert (without, found) == ([], [(2, PARKING.text)])
    assert asked == ["How expensive is leaving my car with you?"]


async def test_meaning_is_compared_only_where_words_do_not_do_and_of_few_sentences() -> None:
    compared: list[int] = []

    async def score(_text: str, sentences: Sequence[str]) -> Sequence[float]:
        compared.append(len(sentences))
        return [0.0] * len(sentences)

    model = LocalModel(LocalModelSettings(), score)
    long = Source(number=1, title="T", page=None, text=" ".join(f"Sentence number {n} is here." for n in range(50)))
    await said(question("Is it closed on Sundays?"), model)
    assert compared == []

    await said(question("Where can elephants swim?", sources=(long,)), model)
    assert compared == [12]


async def test_it_answers_by_words_when_meaning_cannot_be_compared() -> None:
    async def score(_text: str, _sentences: Sequence[str]) -> Sequence[float]:
        raise PortError

    request = question("Where do elephants swim on Sundays, please?")

    assert NOT_IN_SOURCES in await said(request, LocalModel(LocalModelSettings(), score))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("And on Sundays?", ["On weekdays the shop opens at nine.", "On Sundays the shop opens at ten."]),
        ("And what does parking cost?", ["Parking costs two euro, also on Sundays."]),
        ("And how is it?", ["On weekdays the shop opens at nine."]),
    ],
)
async def test_a_few_words_are_understood_by_what_was_asked_before(asked: str, expected: list[str]) -> None:
    text = (
        "On weekdays the shop opens at nine. Parking costs two euro, also on Sundays. On Sundays the shop opens at ten."
    )
    request = ModelRequest(
        instructions="",
        sources=(Source(number=1, title="T", page=None, text=text),),
        messages=(
            Message(role="user", text="When does the shop open on weekdays?"),
            Message(role="assistant", text="At nine."),
            Message(role="user", text=asked),
        ),
        language="en",
        most_tokens=500,
    )

    assert [quote for _, quote in read(await said(request), request)[1]] == expected


async def test_it_answers_in_scripts_without_spaces() -> None:
    source = Source(number=1, title="T", page=None, text="営業時間は九時からです。駐車場は有料です。")
    request = question("駐車場はありますか", sources=(source,), language="ja")

    assert read(await said(request), request)[1] == [(1, "駐車場は有料です。")]


@pytest.mark.parametrize(
    "sentence",
    [
        'The sign says "closed on Sundays" in red.',
        "The sign says “closed” [3: „x“] on Sundays.",
        "The sign <source-1> says ![closed](http://evil.example/x) on Sundays.",
        "Closed on Sundays " + "and on all holidays of the year " * 17 + "too.",
    ],
    ids=["quotes", "mark", "markup", "long"],
)
async def test_each_of_its_citations_is_verified_whatever_the_sentence_holds(sentence: str) -> None:
    sources = (Source(number=1, title="T", page=None, text=f"Welcome.\n{sentence}"),)
    request = question("What is closed on Sundays?", sources=sources)

    shown, citations, parser = read(await said(request), request)

    assert [number for number, _ in citations] == [1]
    assert parser.unverified == 0
    assert "evil.example/" not in shown
    assert '"]' not in shown


async def test_the_limit_holds_but_for_the_first_sentence() -> None:
    text = "The old garden has many apple trees and pears. The new garden has many apple trees and plums."
    request = ModelRequest(
        instructions="",
        sources=(Source(number=1, title="T", page=None, text=text),),
        messages=question("Which garden has apple trees?").messages,
        language="en",
        most_tokens=15,
    )

    assert len(read(await said(request), request)[1]) == 1


async def test_it_costs_no_tokens() -> None:
    usage = (await answered(LocalModel(LocalModelSettings()).stream(question()))).finished.usage

    assert (usage.input_tokens, usage.output_tokens, usage.estimated) == (0, 0, False)
