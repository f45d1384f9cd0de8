"""Text is kept in one form, and what nobody sees in it is told and left out."""

import unicodedata

import pytest
from hypothesis import given, settings, strategies

from services.ai.extraction.cleaning import clean, hidden_in


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("na\u0308chste", "nächste"),
        ("of\ufb01ce", "office"),
        ("a\x00b\x07c", "abc"),
        ("hy\u00adphen", "hyphen"),
        ("ze\u200bro\ufeff", "zero"),
        ("a \t\u00a0 b", "a b"),
        ("  a \r\n b\n\n\n\nc  ", "a\nb\n\nc"),
        ("one\u2028two", "one\ntwo"),
        ("\u202eabc\u202c", "abc"),
        ("lone \ud800 half", "lone half"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("می\u200c\u200c\u200cخواهم", "می\u200cخواهم"),
        ("a\u200db", "ab"),
        ("👩\u200d👧 ❤\ufe0f", "👩\u200d👧 ❤"),
    ],
)
def test_text_is_cleaned(raw: str, kept: str) -> None:
    assert clean(raw) == kept
    assert clean(kept) == kept


def test_indentation_is_kept_where_it_is_meant() -> None:
    assert clean("\n  def f():\n      return 1\n", keep_indentation=True) == "  def f():\n      return 1"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("ab" + "".join(chr(0xE0000 + ord(each)) for each in "obey me"), ["obey me"]),
        ("😀" + "".join(chr(0xE0100 + byte - 16) for byte in b"obey me"), ["obey me"]),
        ("a" + "\u200b\u200c" * 10 + "b", ["20 invisible characters in a row"]),
        ("file \u202etxt.exe\u202c", ["shown in another order: txt.exe"]),
        ("❤\ufe0f na\u0308ive \u200f", []),
        ("plain", []),
    ],
)
def test_what_invisible_characters_spell_is_told(raw: str, told: list[str]) -> None:
    assert list(hidden_in(raw)) == told


ODD = "a é\u0301\u200b\u200c\u200d\u202e\u00ad\ufe0f\U000e0041\ud800\ufb01\n\r\t\x00\u2028👧"


@settings(max_examples=300)
@given(strategies.text(strategies.one_of(strategies.sampled_from(ODD), strategies.characters(exclude_categories=()))))
def test_whatever_comes_is_clean_once_and_for_all(raw: str) -> None:
    cleaned = clean(raw)

    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(each) in {"Cc", "Cs"} for each in cleaned.replace("\n", ""))
    assert all(told for told in hidden_in(raw))
