"""What a model wrote can be shown: a renderer finds no image, no HTML, and no link that stands in no source."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from services.ai.safety.links import bare_urls, links_of, normalised_link
from services.ai.safety.markdown import safe_html, safe_markdown

ALLOWED = {"https://ok.example/a", "mailto:a@ok.example"}
RENDERER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('See [prices](https://ok.example/a "title").', "See [prices](https://ok.example/a)."),
        ("[prices](http://OK.example/a/)", "[prices](http://OK.example/a/)"),
        ("<https://ok.example/a>, https://ok.example/a.", "<https://ok.example/a>, https://ok.example/a."),
        ("[mail](mailto:a@ok.example)", "[mail](mailto:a@ok.example)"),
        ("[bad](https://evil.example?q=secret) end", "bad end"),
        ("![chart](https://evil.example/p.png?d=secret)", "chart"),
        ("![chart](https://ok.example/a)", "[chart](https://ok.example/a)"),
        ("[log out](/logout) [x](//evil.example) [y](javascript:alert(1))", "log out x y"),
        ("See https://evil.example/x.", "See (…)."),
        ("<https://evil.example>", "(…)"),
        ("www.evil.example and https://ok.example/ab", "(…) and (…)"),
        ("[a][r]\n\n[r]: https://evil.example", "[a][r]\n\n[r]\\: (…)"),
        ("[a [b] c](//evil.example)", "[a [b] c]\\(//evil.example)"),
        ("[[a](/x)](/y)(//evil.example)", "[a]\\(/y)(//evil.example)"),
        ("\ue000a\ue001//evil.example\ue002", "a//evil.example"),
        ("<img src=x onerror=y> 3 < 4", "&lt;img src=x onerror=y> 3 < 4"),
        ("**bold**, `code`, | a | b |", "**bold**, `code`, | a | b |"),
    ],
)
def test_only_links_of_the_sources_are_left(written: str, shown: str) -> None:
    assert safe_markdown(written, ALLOWED) == shown


def test_the_links_of_a_text_are_those_in_and_outside_of_markdown() -> None:
    text = "See [us](https://Shop.example:443/a/), (www.shop.example/b?c=1), http://x.example/p_(q). Or a@x.example!"

    assert links_of(text) == {
        "https://shop.example/a",
        "https://www.shop.example/b?c=1",
        "https://x.example/p_(q)",
        "mailto:a@x.example",
    }


@pytest.mark.parametrize(
    "link",
    ["", "/relative", "//host/x", "ftp://x.example", "javascript:alert(1)", "data:text/html,x", "https://u@x.example",
     "https://", "https://x.example:port/", "https://x.example/a\\b", "mailto:", "https://x.example/" + "a" * 3000],
)  # fmt: skip
def test_some_links_are_in_no_answer(link: str) -> None:
    assert normalised_link(link) is None


def test_html_keeps_formats_and_the_links_of_the_sources() -> None:
    html = (
        '<p onclick="x">a <b>b</b> <img src="https://ok.example/a"><a href="https://ok.example/a">c</a>'
        '<a href="https://evil.example">d</a><script>e</script></p>'
    )

    assert safe_html(html, ALLOWED) == (
        '<p>a <b>b</b> <a href="https://ok.example/a" rel="noopener noreferrer nofollow">c</a>'
        '<a rel="noopener noreferrer nofollow">d</a></p>'
    )


PIECES = st.sampled_from(
    ["[", "]", "(", ")", "!", "![", "](", "]:", "<", ">", "<img src=x>", "<!--", "<?", "//evil", "/path", "x:y", "`",
     "https://evil.example/x", "https://ok.example/a", "http://OK.example/a/", "www.evil.example", "javascript:x(1)",
     " ", "\n", "\n\n", "```\n", "a", '"t"', "'", "\\", "&lt;", "&#91;", "*", "_", "- ", "> ", "    ", "|", "1. ", "\t",
     "<https://evil.example>", "<https://ok.example/a>", "[a](https://ok.example/a)", "[a](https://evil.example)",
     "![p](https://ok.example/a)", "[r]", "[r]: https://evil.example\n", "\ue000", "\ue001"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(alphabet="[]()!<>:/\\`a \n*_&#;\"'-|", max_size=30)


@given(TEXTS)
def test_a_renderer_finds_nothing_in_it_that_is_not_allowed(text: str) -> None:
    shown = safe_markdown(text, ALLOWED)

    definitions: dict[str, object] = {}
    for token in every(RENDERER.parse(shown, definitions)):
        assert token.type not in {"image", "html_inline", "html_block"}
        if token.type == "link_open":
            assert normalised_link(str(token.attrs["href"])) in ALLOWED
        if token.type == "text":
            assert all(normalised_link(url) in ALLOWED for _, url in bare_urls(token.content))
    assert "references" not in definitions


def test_long_hostile_text_ends() -> None:
    for piece in ("[", "![", "](", "!", "<a", "https://", "www.", "http://a.b/((", "[](x (", "[](<a", "[a](x(y)(z)"):
        safe_markdown(piece * (200_000 // len(piece)), ALLOWED)


def every(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from every(token.children or ())
