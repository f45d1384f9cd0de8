"""A reader that was taken over may print anything; none of it is believed unchecked."""

import pytest

from services.ai.extraction.decoding import NoOutcome, decode
from services.ai.extraction.values import Block, Extracted, ExtractionFailed, Finding

GOOD = b'["block","heading","Title",1,2]\n["finding","macros","x",null]\n'


def test_lines_become_values_wherever_they_are_cut() -> None:
    printed = GOOD + b'["done",3,"The title"]\n'

    extracted = decode([printed[:20], printed[20:21], printed[21:]])

    assert extracted == Extracted((Block("heading", "Title", 1, 2),), 3, "The title", (Finding("macros", "x"),))


def test_a_failure_is_raised_whatever_came_before() -> None:
    with pytest.raises(ExtractionFailed) as raised:
        decode([GOOD + b'["failed","encrypted","it has a password"]\n'])

    assert (raised.value.reason, raised.value.detail) == ("encrypted", "it has a password")


@pytest.mark.parametrize("printed", [b"", GOOD, GOOD[:40]])
def test_output_without_an_outcome_is_none(printed: bytes) -> None:
    with pytest.raises((NoOutcome, ExtractionFailed)):
        decode([printed])


@pytest.mark.parametrize(
    "line",
    [
        b"no json",
        b"{}",
        b'["block","heading","",1,1]',
        b'["block","image","x",1,1]',
        b'["block","heading",7,1,1]',
        b'["block","heading","x",0,1]',
        b'["block","heading","x",true,1]',
        b'["block","heading","x","1",1]',
        b'["block","heading","x",1]',
        b'["finding","virus","x",1]',
        b'["finding","macros","' + b"x" * 501 + b'",1]',
        b'["done",1,2]',
        b'["done",-1,null]',
        b'["failed","because","x"]',
        b'"\xff"',
    ],
)
def test_a_line_that_no_reader_prints_is_refused(line: bytes) -> None:
    with pytest.raises(ExtractionFailed, match="broken"):
        decode([GOOD + line + b'\n["done",1,null]\n'])


def test_a_document_without_blocks_is_never_a_result() -> None:
    with pytest.raises(ExtractionFailed, match="broken"):
        decode([b'["done",1,null]\n'])
