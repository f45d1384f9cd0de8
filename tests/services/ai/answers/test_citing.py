"""A model's answer becomes text and checked citations, however it is cut into pieces."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ai.answers.citing import Citation, CitationParser, Piece, Text
from services.ai.answers.links import URL, KnownLinks, without_trailing
from services.ai.models.port import Source
from services.ai.models.prompt import NOT_IN_SOURCES

OPENING = (
    "The shop opens at nine.\nOn “Sundays” it is closed; see https://shop.example/hours?day=7 or www.shop.example."
)
PARKING = "Parking costs 2 euro.  Ask park@shop.example, or [read more](https://shop.example/parking)."
SOURCES = (
    Source(number=1, title="Hours", page=2, text=OPENING),
    Source(number=2, title="Parking", page=None, text=PARKING),
)


def read(answer: str, *cuts: int, sources: tuple[Source, ...] = SOURCES) -> tuple[list[Piece], CitationParser]:
    """What the parser gives for the answer cut at these places, neighbouring texts joined."""
    parser = CitationParser(sources)
    edges = [0, *sorted(cuts), len(answer)]
    pieces = [piece for start, end in pairwise(edges) for piece in parser.feed(answer[start:end])]
    joined: list[Piece] = []
    for piece in pieces + parser.close():
        if joined and isinstance(piece, Text) and isinstance(joined[-1], Text):
            joined[-1] = Text(joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined, parser


def shown(answer: str, *, sources: tuple[Source, ...] = SOURCES) -> str:
    return "".join(piece.text for piece in read(answer, sources=sources)[0] if isinstance(piece, Text))


def cited(answer: str) -> list[tuple[int, str]]:
    return [(piece.source_number, piece.quote) for piece in read(answer)[0] if isinstance(piece, Citation)]


def test_a_mark_becomes_a_citation_at_its_place() -> None:
    pieces, parser = read('It opens at nine [1: "opens at nine"]. It costs [2: "costs 2 euro"] something.')

    assert pieces == [
        Text("It opens at nine"),
        Citation(1, "opens at nine", 9, 22),
        Text(". It costs"),
        Citation(2, "costs 2 euro", 8, 20),
        Text(" something."),
    ]
    assert parser.unverified == 0
    assert not parser.not_in_sources


@pytest.mark.parametrize(
    ("mark", "quote"),
    [
        ('[1: "nine. On"]', "nine.\nOn"),
        ('[1: "On "Sundays" it is"]', "On “Sundays” it is"),
        ("[1: “On 'Sundays'  it”]", "On “Sundays” it"),
        ('[ 2 : "2 euro. Ask" ]', "2 euro.  Ask"),
        ('[2:"…or [read more] …"]', "or [read more]"),
        ('[2: "... costs 2 euro …"]', "costs 2 euro"),
        ('[2: "(read more]("]', "[read more]("),
    ],
)
def test_quotes_are_found_whatever_their_spaces_and_quote_marks(mark: str, quote: str) -> None:
    assert [found for _, found in cited(f"So {mark}")] == [quote]


def test_what_nobody_sees_in_a_source_does_not_keep_its_words_from_being_found() -> None:
    hyphenated = (Source(number=1, title="", page=None, text="Die Öff\u00adnungs\u00adzeiten ste\u200bhen hier"),)

    pieces, _ = read('[1: "Öffnungszeiten stehen"]', sources=hyphenated)

    assert pieces == [Citation(1, "Öff\u00adnungs\u00adzeiten ste\u200bhen", 4, 28)]


@pytest.mark.parametrize(
    "mark",
    ['[1: "opens at ten"]', '[7: "opens at nine"]', '[1: ""]', '[1: " - "]', "[1]", "[1, 2]", '[2: "opens at nine"]'],
)
def test_what_does_not_stand_in_its_source_is_dropped_and_counted(mark: str) -> None:
    pieces, parser = read(f"It opens {mark}.")

    assert pieces == [Text("It opens.")]
    assert parser.unverified == 1


def test_brackets_that_cite_nothing_stay() -> None:
    text = "In [2024] [sic] a[5] and [not: a mark], (1: x) ![1: "

    assert shown(f'{text}"opens at nine"]!') == "In [2024] [sic] a[5] and [not: a mark], (1: x) !!"


@pytest.mark.parametrize("end", ["[", "[1", "[ 1 :", '[1: "', '[1: "opens at', '[1: "opens at nine"'])
def test_half_a_mark_is_never_shown(end: str) -> None:
    assert shown(f"It opens {end}").rstrip() == "It opens"


def test_a_mark_that_is_never_closed_takes_no_paragraph_with_it() -> None:
    assert shown('First [1: "opens at\n\nSecond.') == "First\n\nSecond."
    assert shown('First [1: "' + "x" * 3000).count("x") < 3000


def test_the_model_can_say_that_the_sources_do_not_tell() -> None:
    pieces, parser = read(f"{NOT_IN_SOURCES}\nThe documents do not say.")

    assert pieces == [Text("\nThe documents do not say.")]
    assert parser.not_in_sources
    assert parser.unverified == 0


def test_text_is_given_at_once_where_nothing_can_change_it() -> None:
    parser = CitationParser(SOURCES)

    assert parser.feed("The shop") == [Text("The shop")]
    assert parser.feed(" opens ") == [Text(" opens")]
    assert parser.feed("at nine") == [Text(" at nine")]
    assert parser.feed(" [") == []
    assert parser.feed('1: "opens at nine') == []
    assert parser.feed('"]') == [Citation(1, "opens at nine", 9, 22)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("See [hours](https://shop.example/hours?day=7).", "See [hours](https://shop.example/hours?day=7)."),
        ("See [hours](https://shop.example/hours?day=8).", "See hours."),
        ("See [hours](<https://evil.example> 'a title').", "See hours."),
        ('See [hours]( https://shop.example/parking "x" )', "See [hours](https://shop.example/parking)"),
        ("See [**a** [b] c](javascript:alert(1))", "See **a** [b] c"),
        ("See [a](/relative) and [b](#part)", "See a and b"),
        ("Write to [us](mailto:park@shop.example) or [them](mailto:x@evil.example)", None),
        ("See https://shop.example/parking.", "See https://shop.example/parking."),
        ("See https://shop.example/parking?leak=secret.", "See shop.example."),
        (
            "See (http://me:pw@www.evil.example:81/a(b)c?d), or WWW.evil.example/x!",
            "See (evil.example), or evil.example!",
        ),
        ("See <https://shop.example/parking> <https://evil.example/x> <a@b.example>", None),
        ("[a][ref] and\n\n[ref]: https://evil.example/x\n", "[a][ref] and\n\nref: evil.example\n"),
        ("[https://shop.example/parking](https://evil.example)", "https://shop.example/parking"),
        ("a [b] (c) [d](see the manual) e", "a [b] (c) [d] (see the manual) e"),
        ("ftp://evil.example/x", "evil.example"),
    ],
)
def test_only_links_of_the_sources_are_left(answer: str, expected: str | None) -> None:
    if answer.startswith("Write"):
        expected = "Write to [us](mailto:park@shop.example) or them"
    if answer.startswith("See <"):
        expected = "See <https://shop.example/parking> evil.example a@b.example"
    assert shown(answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("a ![alt](https://evil.example/x.png) b", "a  b"),
        ("a ![alt](https://shop.example/parking 'even a known one') b", "a  b"),
        ("a ![alt [nested]][ref] b", "a  b"),
        ("a [![alt](https://evil.example/x.png)](https://evil.example) b", "a  b"),
        ("a <img src=https://evil.example/x> <b>bold</b> <!-- c --> b", "a  bold  b"),
        ('a <a href="https://evil.example">text</a><script>x</script>', "a textx"),
        ("1 < 2 and 3 > 2, a <- b", "1 < 2 and 3 > 2, a <- b"),
        ("unclosed <img src=x onerror=y", "unclosed < img src=x onerror=y"),
        ("<<b>img src=x>", "<\nimg src=x>"),
        ("!<b></b>[alt](https://shop.example/parking)", "!\n[alt](https://shop.example/parking)"),
        ("htt<b>ps://evil.example/?q=1", "htt\nps://evil.example/?q=1"),
        ('[<b>1: "opens at nine"]', '[\n1: "opens at nine"]'),
        ("]<b>(https://evil.example/x)", "]\n(evil.example)"),
        ("https://shop.example/parking<b>?leak=secret", "https://shop.example/parking\n?leak=secret"),
        ("https://shop.example/parking<b> ?leak=secret", "https://shop.example/parking ?leak=secret"),
        (r"![a\]x](https://shop.example/parking)", r"[a\]x](https://shop.example/parking)"),
    ],
)
def test_images_and_html_are_taken_out_and_nothing_grows_from_the_rest(answer: str, expected: str) -> None:
    assert shown(answer) == expected


ALPHABET = st.sampled_from(
    [
        *'[]()!<>:"“1209 \n\\`*hx./,',
        '[1: "opens at nine"]',
        '[2: "',
        '"]',
        "](",
        "![",
        "[0: ",
        "http://",
        "https://",
        "www.",
        "evil.example/a?b",
        "https://shop.example/parking",
        "<img src=",
        "<b>",
        "</b>",
        " " * 9,
        "\n\n",
        "word",
    ]
)
ANSWERS = st.lists(ALPHABET, max_size=40).map("".join)


@settings(max_examples=400)
@given(ANSWERS, st.data())
def test_how_an_answer_is_cut_makes_no_difference(answer: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(answer)), max_size=12))

    whole, parser = read(answer)
    cut, other = read(answer, *cuts)
    by_sign, _ = read(answer, *range(len(answer)))

    assert cut == whole
    assert by_sign == whole
    assert (other.unverified, other.not_in_sources) == (parser.unverified, parser.not_in_sources)


LINKS = KnownLinks(source.text for source in SOURCES)
MARK = re.compile(r'\[[ \t]{0,4}\d{1,4}[ \t]{0,4}:[ \t]{0,4}["“]')
LED_TO = re.compile(r"\]\(\s*<?([^\s()<>]*)")


@settings(max_examples=600)
@given(ANSWERS)
def test_whatever_a_model_writes_nothing_forbidden_is_shown(answer: str) -> None:
    text = shown(answer)

    assert not MARK.search(text)
    assert "![" not in text.replace("![[", "")
    assert all(LINKS.may_link(found.group()[1:-1]) for found in re.finditer(r"<[a-z/!?][^>]*>?", text, re.IGNORECASE))
    assert all(LINKS.may_link(found[1]) for found in LED_TO.finditer(text))
    assert "]:" not in text
    assert all(
        LINKS.holds(without_trailing(found.group())) or not without_trailing(found["rest"])
        for found in URL.finditer(text)
    )


@settings(max_examples=200)
@given(st.text(alphabet="abc “”\"'\n\t[<-–é", max_size=60), st.data())
def test_each_quote_that_is_copied_from_a_source_is_found_there(text: str, data: st.DataObject) -> None:
    sources = (Source(number=1, title="", page=None, text=text),)
    start = data.draw(st.integers(0, len(text)))
    quote = re.sub('["“”„‟«»]', "'", text[start : start + data.draw(st.integers(0, 30))])
    copied = " ".join(quote.split())

    citations = [piece for piece in read(f'[1: "{copied}"]', sources=sources)[0] if isinstance(piece, Citation)]

    assert bool(citations) == any(sign.isalnum() for sign in copied)
    for citation in citations:
        assert citation.quote == text[citation.start : citation.end]
        assert " ".join(re.sub('["“”]', "'", citation.quote).split()) == copied


@pytest.mark.parametrize(
    "part", ["[", "![", "[a](", "<a", '[1: "', "[[]", "https://a", "[1,", "](", " ", "!", "a](b c "]
)
def test_the_time_grows_with_the_length_only(part: str) -> None:
    def seconds(length: int) -> float:
        answer = part * (length // len(part))
        parser, began = CitationParser(SOURCES), time.process_time()
        for start in range(0, len(answer), 7):
            parser.feed(answer[start : start + 7])
        parser.close()
        return time.process_time() - began

    seconds(2_000)

    assert seconds(32_000) < max(12 * seconds(8_000), 0.2)
