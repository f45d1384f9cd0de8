"""Markdown: its blocks; marks of emphasis go, links stay, and HTML in it hides nothing."""

from services.ai.extraction import markdown
from services.ai.extraction.values import Finding
from tests.services.ai.extraction.reading import hidden, read_here, shape


def test_a_document_keeps_its_structure() -> None:
    extracted = read_here(
        markdown.read,
        b"# Our **shop** #\n\nOpen on [weekdays](https://a.example)\nand Saturday.\n- bread\n  and rolls\n* cake\n"
        b"2. second\n\nPrices\n------\n| A | B |\n|---|:-:|\n| 1 | 2 \\| 3 |\n\n> quoted\n> text\n\n"
        b"```sh\nls  -l\n# x\n```\n***\n"
        b"    #hashtag\n",
    )

    assert shape(extracted) == [
        ("h1", "Our shop"),
        ("paragraph", "Open on [weekdays](https://a.example)\nand Saturday."),
        ("list_item", "bread\nand rolls"),
        ("list_item", "cake"),
        ("list_item", "second"),
        ("h2", "Prices"),
        ("table", "| A | B |\n| --- | --- |\n| 1 | 2 \\| 3 |"),
        ("paragraph", "quoted\ntext"),
        ("paragraph", "ls  -l\n# x"),
        ("paragraph", "#hashtag"),
    ]
    assert extracted.title == "Our shop"


def test_metadata_before_the_text_gives_the_title_and_is_no_text() -> None:
    extracted = read_here(markdown.read, b"---\ntitle: 'Terms'\ndate: today\n---\nText\n")

    assert shape(extracted) == [("paragraph", "Text")]
    assert extracted.title == "Terms"


def test_html_in_it_hides_nothing() -> None:
    extracted = read_here(
        markdown.read,
        b"Seen <!-- a\n\nb --> text\n\n<div style='display:none'>whole</div>\n\n- item <span hidden>part</span>\n\n"
        b"# Head <i hidden>line</i>\n\n|A|B|\n|-|-|\n|1|<b hidden>cell</b>|\n\nUse `a < b` and List<String>\n",
    )

    assert shape(extracted) == [
        ("paragraph", "Seen text"),
        ("list_item", "item"),
        ("h1", "Head"),
        ("table", "| A | B |\n| --- | --- |\n| 1 |  |"),
        ("paragraph", "Use `a < b` and List"),
    ]
    assert hidden(extracted) == ["whole", "part", "line", "cell"]


def test_a_picture_elsewhere_is_reported_and_its_description_read() -> None:
    extracted = read_here(markdown.read, b"See ![our house](https://spy.example/a.png) and ![x](local.png)")

    assert shape(extracted) == [("paragraph", "See our house and x")]
    assert extracted.findings == (Finding("remote_content", "https://spy.example/a.png"),)
