"""The language of documents and of short questions; English where it cannot be told."""

import pytest

from services.ai.passages.languages import language_of


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Goods may be returned within 30 days."),
        ("en", "what is the price"),
        ("de", "Was kostet das?"),
        ("de", "Die Ware kann innerhalb von 30 Tagen zurückgegeben werden."),
        ("fr", "Comment renvoyer un produit ?"),
        ("es", "¿Cuánto cuesta?"),
        ("tr", "Siparişimi nasıl iade edebilirim?"),
        ("ja", "返品できますか"),
        ("zh", "退货政策"),
        ("ru", "Сколько это стоит?"),
        ("ar", "كم السعر"),
    ],
)
def test_the_language_is_told(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "ok", "12345 67", "SKU-123-AX", "warranty", "| 1 | 2 |", "\ud800"])
def test_english_where_nothing_tells(text: str) -> None:
    assert language_of(text) == "en"


def test_the_beginning_decides() -> None:
    assert language_of("Die Ware kann zurückgegeben werden. " * 80 + "The goods may be returned. " * 100_000) == "de"
