"""PDF: what its pages show, in order, with headings, lists and tables; what they hide is reported instead."""

from pathlib import Path

from services.ai.extraction.values import Finding, Limits
from tests.services.ai.extraction.documents import image, page_of, pdf, scan, sentence, stream, text_at
from tests.services.ai.extraction.reading import hidden, outcome, read, shape


async def test_headings_are_larger_than_the_text_and_ranked_by_size(tmp_path: Path) -> None:
    first = page_of(("Handbook", 24), "", ("Delivery", 16), sentence(12), sentence(12, 3), ("Abroad", 13), sentence(9))
    second = page_of(("Payment", 16), sentence(14))

    extracted = await read(tmp_path, pdf([first, second], title="The handbook"), ".pdf")

    assert shape(extracted) == [
        ("h1", "Handbook"),
        ("h2", "Delivery"),
        ("paragraph", f"{sentence(12)} {sentence(12, 3)}"),
        ("h3", "Abroad"),
        ("paragraph", sentence(9)),
        ("h2", "Payment"),
        ("paragraph", sentence(14)),
    ]
    assert [block.page for block in extracted.blocks] == [1, 1, 1, 1, 1, 2, 2]
    assert (extracted.pages, extracted.title, extracted.findings) == (2, "The handbook", ())


async def test_paragraphs_are_parted_by_a_gap_or_an_indent_and_lists_by_their_bullets(tmp_path: Path) -> None:
    lines = [sentence(9, start) for start in range(7)]
    content = "\n".join(
        [
            page_of(lines[0], lines[1], "", lines[2]),
            text_at("• Bread", 60, 700),
            text_at("and rolls", 72, 687),
            text_at("• Cake", 60, 674),
            text_at("1. First", 60, 661),
            text_at(lines[3], 75, 630),
            text_at(lines[4], 60, 617),
            text_at(lines[5], 75, 604),
            text_at(lines[6], 60, 591),
        ]
    )

    extracted = await read(tmp_path, pdf([content]), ".pdf")

    assert shape(extracted) == [
        ("paragraph", f"{lines[0]} {lines[1]}"),
        ("paragraph", lines[2]),
        ("list_item", "Bread and rolls"),
        ("list_item", "Cake"),
        ("list_item", "1. First"),
        ("paragraph", f"{lines[3]} {lines[4]}"),
        ("paragraph", f"{lines[5]} {lines[6]}"),
    ]


async def test_a_word_divided_at_the_end_of_a_line_is_whole_again(tmp_path: Path) -> None:
    content = page_of("Ask our infor-", "mation desk about e-", "Mail and soft\xadhyphens.")

    extracted = await read(tmp_path, pdf([content]), ".pdf")

    assert shape(extracted) == [("paragraph", "Ask our information desk about e-Mail and soft-hyphens.")]


async def test_what_stands_in_columns_is_a_table(tmp_path: Path) -> None:
    rows = [("Article", "Price", "Days"), ("Bread", "3.50", "1"), ("Wedding cake", "89.00", "14")]
    cells = [
        text_at(cell, 60 + 150 * column, 600 - 16 * line)
        for line, row in enumerate(rows)
        for column, cell in enumerate(row)
    ]
    in_one_operator = ["BT /F1 11 Tf 60 500 Td [(Day) -9000 (Open)] TJ 0 -14 Td [(Monday) -7250 (9 to 5)] TJ ET"]

    extracted = await read(tmp_path, pdf([page_of(sentence(9)), "\n".join(cells + in_one_operator)]), ".pdf")

    assert shape(extracted)[1:] == [
        (
            "table",
            "| Article | Price | Days |\n| --- | --- | --- |\n| Bread | 3.50 | 1 |\n| Wedding cake | 89.00 | 14 |",
        ),
        ("table", "| Day | Open |\n| --- | --- |\n| Monday | 9 to 5 |"),
    ]


async def test_hidden_text_is_in_no_block_and_is_reported(tmp_path: Path) -> None:
    content = "\n".join(
        [
            page_of("Seen"),
            text_at("unpainted", 60, 600, before="3 Tr"),
            text_at("white", 60, 580, before="0 Tr 1 1 1 rg"),
            text_at("tiny", 60, 560, size=0.5, before="0 g"),
            text_at("outside", 700, 540),
            "0 0 0.6 rg 50 495 200 20 re f",
            text_at("White on blue", 60, 500, before="1 1 1 rg"),
            "q 0.1 0 0 0.1 0 0 cm",
            text_at("Scaled", 600, 4500, size=110, before="0 g"),
            text_at("minute", 600, 4300, size=11),
            "Q /Clear gs",
            text_at("transparent", 60, 410),
        ]
    )

    extracted = await read(
        tmp_path, pdf([page_of(sentence(9)), content], resources="/ExtGState << /Clear << /ca 0 >> >>"), ".pdf"
    )

    assert [text for _, text in shape(extracted)[1:]] == ["Seen", "White on blue", "Scaled"]
    assert extracted.findings == (Finding("hidden_text", "unpainted white tiny outside minute transparent", 2),)


async def test_white_text_in_a_form_is_seen_on_what_the_form_paints(tmp_path: Path) -> None:
    form = "0 0.4 0 rg 0 0 300 40 re f " + text_at("White on green", 10, 10, before="1 1 1 rg")
    document = pdf(
        ["q 1 0 0 1 60 500 cm /Banner Do Q " + text_at("white on paper", 60, 300, before="1 1 1 rg")],
        resources="/XObject << /Banner 100000 0 R >>",
        objects={
            100_000: stream(
                form.encode(),
                "/Type /XObject /Subtype /Form /BBox [0 0 300 40] /Resources << /Font << /F1 3 0 R >> >>",
            )
        },
    )

    extracted = await read(tmp_path, document, ".pdf")

    assert shape(extracted) == [("paragraph", "White on green")]
    assert hidden(extracted) == ["white on paper"]


async def test_text_recognised_in_a_scanned_page_is_read_and_reported(tmp_path: Path) -> None:
    extracted = await read(tmp_path, scan("As the scanner reads it"), ".pdf")

    assert shape(extracted) == [("paragraph", "As the scanner reads it")]
    assert extracted.findings == (Finding("scanned_text", "", 1),)


async def test_pages_that_are_pictures_are_reported_and_a_document_of_them_is_scanned(tmp_path: Path) -> None:
    pages = [page_of("Cover letter"), "q 595 0 0 842 0 0 cm /Scan Do Q"]
    mixed = pdf(pages, resources="/XObject << /Scan 100000 0 R >>", objects={100_000: image()})

    assert (await read(tmp_path, mixed, ".pdf")).findings == (Finding("scanned_page", "", 2),)
    assert await outcome(tmp_path, scan(), ".pdf") == "scanned"


async def test_a_pdf_without_text_is_empty(tmp_path: Path) -> None:
    assert await outcome(tmp_path, pdf([""]), ".pdf") == "empty"
    assert await outcome(tmp_path, pdf([text_at("all of it hidden", 60, 700, before="3 Tr")]), ".pdf") == "empty"


async def test_a_pdf_with_programs_is_read_and_reported(tmp_path: Path) -> None:
    script = "/Names << /JavaScript << /Names [(open) << /S /JavaScript /JS (app.alert(1)) >>] >> >>"

    extracted = await read(tmp_path, pdf([page_of("Form")], catalog=script), ".pdf")

    assert extracted.findings == (Finding("macros", "JavaScript", None),)


async def test_ten_thousand_pages_take_little_memory_and_one_more_is_too_many(tmp_path: Path) -> None:
    page = page_of("One of many")
    little = Limits(memory_bytes=96 * 1024**2)

    extracted = await read(tmp_path, pdf([page] * 10_000), ".pdf", limits=little)

    assert (extracted.pages, len(extracted.blocks), extracted.blocks[-1].page) == (10_000, 10_000, 10_000)
    assert await outcome(tmp_path, pdf([page] * 10_001), ".pdf", limits=little) == "too_many_pages"


async def test_a_cell_goes_on_beneath_itself_and_numbers_end_where_others_end(tmp_path: Path) -> None:
    rows = "\n".join(
        [
            text_at("Cake", 60, 600),
            text_at("with cream and", 160, 600),
            text_at("9.50", 400 - 21.4, 600),
            text_at("cherries", 160, 587),
            text_at("Bread", 60, 570),
            text_at("plain", 160, 570),
            text_at("103.50", 400 - 33.6, 570),
        ]
    )

    extracted = await read(tmp_path, pdf([rows]), ".pdf")

    assert shape(extracted) == [
        ("table", "| Cake | with cream and cherries | 9.50 |\n| --- | --- | --- |\n| Bread | plain | 103.50 |")
    ]


async def test_a_stretched_line_is_no_row_of_a_table_and_a_bullet_no_cell(tmp_path: Path) -> None:
    stretched = [
        "BT /F1 11 Tf 60 600 Td [(the) -2500 (wide) -2500 (words)] TJ 0 -13 Td [(that) -2300 (fill) -2300 (it)] TJ ET",
        text_at("responsible", 60, 574),
        text_at("because", 170, 574),
        text_at("season", 60, 561),
    ]
    list_items = [text_at("•", 60, 500), text_at("Bread", 100, 500), text_at("•", 60, 487), text_at("Cake", 100, 487)]

    extracted = await read(tmp_path, pdf(["\n".join(stretched + list_items)]), ".pdf")

    assert shape(extracted) == [
        ("paragraph", "the wide words that fill it responsible because season"),
        ("list_item", "Bread"),
        ("list_item", "Cake"),
    ]
