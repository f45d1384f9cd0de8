"""Plain text and CSV: what the bytes say, whatever program wrote them."""

import pytest

from services.ai.extraction import separated, text
from services.ai.extraction.values import ExtractionFailed
from tests.services.ai.extraction.reading import read_here, shape


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_is_decoded_by_its_mark_or_as_utf_8_or_as_windows_1252(encoding: str) -> None:
    extracted = read_here(text.read, "Größe\r\nXL – 5 €\r\n \r\nNächste".encode(encoding))

    assert shape(extracted) == [("paragraph", "Größe\nXL – 5 €"), ("paragraph", "Nächste")]


def test_a_stray_null_is_left_out_and_a_program_is_no_text() -> None:
    assert shape(read_here(text.read, b"one\0 two")) == [("paragraph", "one two")]
    with pytest.raises(ExtractionFailed, match="wrong_type"):
        read_here(text.read, b"\0" * 100)
    with pytest.raises(ExtractionFailed, match="wrong_type"):
        read_here(text.read, b"%PDF-1.7 and so on")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_is_one_table_whatever_its_delimiter(delimiter: str) -> None:
    rows = [
        ["Name", "Price", "Note"],
        ["Bread", '"3.50"', '"a\nb"'],
        ["Cake, big; sweet" if delimiter == "\t" else "Cake", "5", ""],
    ]
    content = "\n".join(delimiter.join(row) for row in rows)

    extracted = read_here(separated.read, content.encode())

    assert shape(extracted) == [
        ("table", f"| Name | Price | Note |\n| --- | --- | --- |\n| Bread | 3.50 | a b |\n| {rows[2][0]} | 5 |  |")
    ]


def test_a_long_csv_repeats_its_header_in_every_block() -> None:
    content = "id,name\n" + "".join(f"{number},name {number}\n" for number in range(45))

    extracted = read_here(separated.read, content.encode())

    assert [block.kind for block in extracted.blocks] == ["table"] * 3
    assert all(block.text.startswith("| id | name |\n| --- | --- |\n") for block in extracted.blocks)
    assert [block.text.count("\n") - 1 for block in extracted.blocks] == [20, 20, 5]
    assert extracted.blocks[2].text.endswith("| 44 | name 44 |")


def test_rows_of_different_length_are_filled_up() -> None:
    assert shape(read_here(separated.read, b"a,b\n1\n1,2,3\n")) == [
        ("table", "| a | b |  |\n| --- | --- | --- |\n| 1 |  |  |\n| 1 | 2 | 3 |")
    ]


def test_a_header_alone_is_a_table() -> None:
    assert shape(read_here(separated.read, b"a,b\n\n")) == [("table", "| a | b |\n| --- | --- |")]
