"""What a file begins with is compared with what it was announced as."""

import pytest

from services.messaging.attachments.sniffing import KINDS, contradicts, kind_of, served_type

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
EXE = b"MZ\x90\0" + bytes(60) + b"PE\0\0"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content_type", "head"),
    [
        ("image/png", PNG),
        ("image/jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
        ("image/webp", b"RIFF\x24\0\0\0WEBPVP8 "),
        ("video/mp4", b"\0\0\0\x20ftypisom"),
        ("image/heic", b"\0\0\0\x18ftypheic"),
        ("audio/mpeg", b"ID3\x04\0"),
        ("application/pdf", b"%PDF-1.7\n"),
        (DOCX, b"PK\x03\x04\x14\0"),
        ("application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("text/plain", "Grüße, MZ und BM".encode()),
        ("text/plain", "naïve".encode("latin-1")),
        ("text/csv", "a;b\r\n".encode("utf-16")),
        ("text/html", b"<!doctype html><script>"),
        ("image/svg+xml", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("application/json", b"{}"),
        ("application/x-whatever", b"\x01\x02\x03"),
        ("application/octet-stream", EXE),
        ("application/vnd.microsoft.portable-executable", EXE),
    ],
)
def test_what_a_file_says_of_itself_is_believed_where_it_fits(content_type: str, head: bytes) -> None:
    assert not contradicts(content_type, head)


@pytest.mark.parametrize(
    ("content_type", "head"),
    [
        ("image/png", b"\xff\xd8\xff\xe0"),
        ("image/png", b"<html><script>alert(1)</script>"),
        ("image/jpeg", b""),
        ("application/pdf", EXE),
        ("application/pdf", b"PK\x03\x04"),
        (DOCX, EXE),
        ("text/plain", PNG),
        ("text/plain", EXE),
        ("text/plain", b"%PDF-1.7\n"),
        ("text/csv", b"a\0b"),
        ("image/svg+xml", b"just words"),
        ("image/x-unheard-of", b"%PDF-1.7\n"),
        ("application/x-whatever", b"\x7fELF\x02"),
    ],
)
def test_a_lying_type_is_found_out(content_type: str, head: bytes) -> None:
    assert contradicts(content_type, head)


def test_no_two_kinds_claim_the_same_type() -> None:
    types = [
        "image/png",
        "image/webp",
        "video/mp4",
        "audio/ogg",
        "application/zip",
        "application/pdf",
        "audio/wav",
        DOCX,
    ]
    for content_type in types:
        assert len([name for name, kind in KINDS.items() if kind.types.fullmatch(content_type)]) == 1


def test_a_beginning_that_is_nobody_s_tells_nothing() -> None:
    assert kind_of(b"") is kind_of(b"hello") is None


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"])
def test_what_a_browser_might_run_is_given_out_as_mere_bytes(content_type: str) -> None:
    assert served_type(content_type) == "application/octet-stream"
    assert served_type("image/png") == "image/png"
