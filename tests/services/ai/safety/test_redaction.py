"""What identifies people is replaced, what only looks like it stays, and everything can be put back."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ai.safety.redaction import Restorer, redact, restore

FOUND = [
    ("e-mail", "Ada.Lovelace+shop@mail.example.co.uk"),
    ("e-mail", "info(at)firma.de"),
    ("e-mail", "ada [at] example [dot] org"),
    ("e-mail", "jürgen@müller.example"),
    ("phone", "+49 (0)30 123456-0"),
    ("phone", "+49 171 2345678"),
    ("phone", "0049 30 1234567"),
    ("phone", "030 1234567"),
    ("phone", "(030) 12 34 56-78"),
    ("phone", "030/12345678"),
    ("phone", "01712345678"),
    ("phone", "020 7946 0958"),
    ("phone", "+44 20 7946 0958"),
    ("phone", "(415) 555-2671"),
    ("phone", "415-555-2671"),
    ("phone", "+1 415 555 2671"),
    ("phone", "01 23 45 67 89"),
    ("phone", "+33 6 12 34 56 78"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("iban", "GB82WEST12345698765432"),
    ("iban", "FR14 2004 1010 0505 0001 3M02 606"),
    ("card", "4111 1111 1111 1111"),
    ("card", "5555555555554444"),
    ("card", "3782-822463-10005"),
    ("ip", "192.168.1.20"),
    ("ip", "2001:db8::1"),
    ("ip", "fe80::1ff:fe23:4567:890a"),
    ("ssn", "123-45-6789"),
    ("tax-id", "86 095 742 719"),
    ("tax-id", "47036892816"),
]
NAMED = [
    ("birth-date", "Born on {} in London", "12 March 1980"),
    ("birth-date", "geb. {}", "03.04.1975"),
    ("birth-date", "Sie wurde am {} in Köln geboren.", "3. April 1975"),
    ("birth-date", "Date of birth: {}", "1980-03-12"),
    ("birth-date", "née le {}", "12/03/1980"),
    ("birth-date", "生年月日:{}", "1980年3月12日"),
    ("ssn", "SSN: {}", "123 45 6789"),
    ("phone", "Tel.: {}", "47 11 08"),
    ("phone", "Call {}", "415 555 2671"),
]
KEPT = [
    "Order number 0171234567",
    "Rechnung Nr. 0301234567",
    "Order 4111111111111111",
    "Invoice 415-555-2671",
    "On 01.02.2024 10:30 and 2024-05-01, 12:30:45",
    "12.500,00 EUR, 1.234.567 Stück, +12 345 678 €, 0301 234 567 €",
    "version 1.2.3.4 of firmware, 999.1.1.1, std::string",
    "DE89370400440532013001",
    "4111 1111 1111 1112",
    "000-12-3456 and 2024-05-0001",
    "12345678901",
    "Meeting on 12 March 1980.",
    "We were born to bake.",
    "@ada, see a@b and 5 @ 3 EUR",
]


@pytest.mark.parametrize(("kind", "original"), FOUND)
@pytest.mark.parametrize("around", ["{}", "Write to {}.", "({}), or else", "a\n{}\nb", "„{}“"])
def test_personal_data_is_replaced_by_its_kind(kind: str, original: str, around: str) -> None:
    redacted = redact(around.format(original), "de")

    assert redacted.text == around.format(f"[{kind} 1]")
    assert redacted.originals == {f"[{kind} 1]": original}


@pytest.mark.parametrize(("kind", "around", "original"), NAMED)
def test_what_only_its_words_give_away_is_replaced(kind: str, around: str, original: str) -> None:
    assert redact(around.format(original), "en").text == around.format(f"[{kind} 1]")


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert redact(text, "de").text == text


@pytest.mark.parametrize(("language", "mobile"), [("de", "01712345678"), ("fr", "0612345678"), ("en", "07700900123")])
def test_a_mobile_number_without_gaps_is_known_in_the_country_s_language_only(language: str, mobile: str) -> None:
    assert [redact(mobile, one).text == "[phone 1]" for one in ("de", "en", "fr")] == [
        one == language for one in ("de", "en", "fr")
    ]


def test_the_same_thing_has_the_same_placeholder_and_another_one_another() -> None:
    redacted = redact("a@x.example, b@x.example, a@x.example", "en")

    assert redacted.text == "[e-mail 1], [e-mail 2], [e-mail 1]"
    assert [(span.start, span.end, span.placeholder) for span in redacted.spans][1] == (13, 24, "[e-mail 2]")


def test_texts_for_one_model_share_their_placeholders() -> None:
    first = redact("a@x.example", "en")
    second = redact("b@x.example or a@x.example", "en", known=first.originals)

    assert second.text == "[e-mail 2] or [e-mail 1]"
    assert restore("Ask [e-mail 1] or [e-mail 2], not [e-mail 3].", second.originals) == (
        "Ask a@x.example or b@x.example, not [e-mail 3]."
    )


def test_a_text_that_has_placeholders_of_its_own_keeps_them() -> None:
    text = "Fill in [e-mail 1] and send it to a@x.example"

    redacted = redact(text, "en")

    assert redacted.text == "Fill in [e-mail 1] and send it to [e-mail 2]"
    assert restore(redacted.text, redacted.originals) == text


PIECES = st.sampled_from([*(original for _, original in FOUND), *KEPT, "[e-mail 1]", "geb. ", "Tel. ", " ", "\n", ", "])


@given(st.lists(PIECES | st.text(max_size=10), max_size=12).map("".join))
def test_redaction_can_be_taken_back_and_finds_nothing_in_what_it_left(text: str) -> None:
    redacted = redact(text, "de")

    assert restore(redacted.text, redacted.originals) == text
    assert all(text[span.start : span.end] == redacted.originals[span.placeholder] for span in redacted.spans)
    assert [span.end for span in redacted.spans] == sorted(span.end for span in redacted.spans)


@given(st.lists(st.integers(0, 120)))
def test_an_answer_in_pieces_is_restored_wherever_it_is_cut(cuts: list[int]) -> None:
    text = "Write to ada@example.com or call +49 89 1234567. [1: a list], [ and ada@example.com["
    redacted = redact(text, "en")
    edges = [0, *sorted(cut for cut in cuts if cut < len(redacted.text)), len(redacted.text)]
    restorer = Restorer(redacted.originals)

    told = [restorer.feed(redacted.text[start:end]) for start, end in pairwise(edges)]

    assert "".join(told) + restorer.close() == text


def test_a_megabyte_of_hostile_text_ends() -> None:
    pieces = (
        "1 ",
        "a@",
        "a.b@",
        "DE89 ",
        "0",
        "012 ",
        "born ",
        "tel 1 ",
        "1.1.",
        "::",
        "(0",
        "x@a.",
        "41 ",
        "+4 ",
        "a (at) ",
    )

    for piece in pieces:
        redact(piece * (2**20 // len(pieces) // len(piece)), "de")
