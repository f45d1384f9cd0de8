"""Documents that mean harm, made here: bombs, cycles, lies about sizes, and things that are not what they say."""

import struct
import zipfile
import zlib
from io import BytesIO

from tests.services.ai.extraction.documents import (
    assembled,
    docx_of,
    image,
    page_of,
    pdf,
    repacked,
    stream,
    text_at,
)

MIB = 1024**2
PROGRAM = (
    b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8" + bytes(43) + b"\x80\0\0\0" + b"\x0e\x1f\xba\x0e\0\xb4\t\xcd!" * 9
)
"""The beginning of a program for Windows."""


def deflated(unit: bytes, size: int) -> bytes:
    """`unit` again and again, packed: a thousandth of what it unpacks to."""
    packer = zlib.compressobj(9)
    block = unit * (64 * 1024 // len(unit))
    return b"".join([packer.compress(block) for _ in range(size // len(block))] + [packer.flush()])


def zip_bomb(*, claims: int = 1024 * MIB) -> bytes:
    """A DOCX whose text says that it unpacks to `claims` bytes."""
    file = BytesIO(docx_of("<w:p/>"))
    with zipfile.ZipFile(file, "a") as package:
        package.writestr("word/media/image1.xml", b"")
    content = bytearray(file.getvalue())
    entry = content.rindex(b"PK\x01\x02")  # the last of the central directory
    struct.pack_into("<I", content, entry + 24, claims)
    return bytes(content)


def dense_docx(size: int = 4 * MIB) -> bytes:
    """A DOCX whose text is one character, so often that it packs to a thousandth."""
    return docx_of(f"<w:p><w:r><w:t>{'a' * size}</w:t></w:r></w:p>")


def understated_docx() -> bytes:
    """A DOCX whose text unpacks to more than its directory says."""
    file = BytesIO(docx_of("<w:p><w:r><w:t>" + "long " * 5000 + "</w:t></w:r></w:p>"))
    content = bytearray(file.getvalue())
    at = content.rindex(b"word/document.xml") - 46
    struct.pack_into("<I", content, at + 24, 100)
    return bytes(content)


def billion_laughs(*, quoted: bool = False) -> bytes:
    """A DOCX whose text is an entity that holds ten of an entity that holds ten of ..."""
    entities = '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10)
    )
    used = 'w:rsidR="&a9;"' if quoted else ""
    text = "" if quoted else "&a9;"
    return docx_of(
        "",
        parts={
            "word/document.xml": f"<!DOCTYPE w [{entities}]>"
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f"<w:body><w:p {used}><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
        },
    )


def reading_entity(address: str) -> bytes:
    """A DOCX whose text is what stands at an address, a file's or a server's."""
    return docx_of(
        "",
        parts={
            "word/document.xml": f'<!DOCTYPE w [<!ENTITY stolen SYSTEM "{address}">]>'
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            "<w:body><w:p><w:r><w:t>before &stolen; after</w:t></w:r></w:p></w:body></w:document>"
        },
    )


def deep_docx(depth: int = 5_000) -> bytes:
    """Tables in tables."""
    return docx_of("<w:tbl><w:tr><w:tc>" * depth + "</w:tc></w:tr></w:tbl>" * depth)


def circular_styles() -> bytes:
    """Two styles, each based on the other."""
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:name w:val="{one}"/><w:basedOn w:val="{other}"/></w:style>'
        for one, other in (("A", "B"), ("B", "A"))
    )
    return docx_of(
        '<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>Round and round</w:t></w:r></w:p>',
        parts={"word/styles.xml": f'<w:styles xmlns:w="{namespace}">{styles}</w:styles>'},
    )


def cut_docx() -> bytes:
    """A DOCX of which the middle was lost."""
    content = repacked(docx_of("<w:p><w:r><w:t>" + "x" * 2000 + "</w:t></w:r></w:p>"), {})
    return content[:400] + content[900:]


def circular_pages() -> bytes:
    """A page tree whose branch is its own root."""
    return assembled(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Count 3 /Kids [2 0 R 5 0 R 2 0 R] >>",
            5: b"<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [2 0 R] >>",
        }
    )


def circular_objects() -> bytes:
    """A length, a font and a content that each are themselves, and a form that shows itself."""
    content = page_of("Readable") + "\n/Me Do"
    return pdf(
        [content],
        resources="/XObject << /Me 100000 0 R >> /Font << /F1 3 0 R /F2 100002 0 R >>",
        objects={
            100_000: stream(b"/Me Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources 100001 0 R"),
            100_001: b"<< /XObject << /Me 100000 0 R >> >>",
            100_002: b"100002 0 R",
        },
    )


def forms_within_forms() -> bytes:
    """Forms that each show the next one ten times: ten thousand million in all."""
    objects = {
        100_000 + level: stream(
            b"/X Do " * 10,
            f"/Type /XObject /Subtype /Form /BBox [0 0 99 99] /Resources << /XObject << /X {100_001 + level} 0 R >> >>",
        )
        for level in range(10)
    }
    objects[100_010] = stream(
        text_at("x", 1, 1).encode(),
        "/Type /XObject /Subtype /Form /BBox [0 0 99 99] /Resources << /Font << /F1 3 0 R >> >>",
    )
    return pdf(["/X Do"], resources="/XObject << /X 100000 0 R >>", objects=objects)


def endless_content(size: int = 512 * MIB) -> bytes:
    """A page whose content unpacks to so much text."""
    packed = deflated(b"BT /F1 9 Tf 9 9 Td (aaaaaaaaaaaa) Tj ET ", size)
    pages = pdf([""], objects={100_000: stream(packed, "/Filter /FlateDecode")})
    return pages.replace(b"/Contents 5 0 R", b"/Contents 100000 0 R".ljust(15))


def nested_filters() -> bytes:
    """A content that was packed again and again."""
    packed = deflated(b" ", 8 * MIB)
    for _ in range(6):
        packed = zlib.compress(packed)
    filters = "/Filter [" + "/FlateDecode " * 7 + "]"
    pages = pdf([""], objects={100_000: stream(packed, filters)})
    return pages.replace(b"/Contents 5 0 R", b"/Contents 100000 0 R")


def broken_fonts() -> bytes:
    """Text in fonts that are missing, no fonts, or full of noise."""
    noise = bytes(range(256)) * 8
    return pdf(
        [
            text_at("Plain", 60, 700)
            + " BT /Lost 11 Tf 60 600 Td (Lost) Tj ET BT /Noise 11 Tf 60 500 Td (Noise) Tj ET"
            + " BT /Wrong 11 Tf 60 400 Td (Wrong) Tj ET BT /Wide 11 Tf 60 300 Td (Wide) Tj ET"
        ],
        resources="/Font << /F1 3 0 R /Noise 100000 0 R /Wrong 4 0 R /Wide 100003 0 R >>",
        objects={
            100_000: b"<< /Type /Font /Subtype /TrueType /BaseFont /X /FontDescriptor 100001 0 R /FirstChar -9 "
            b"/LastChar 99999999 /Widths [1] >>",
            100_001: b"<< /Type /FontDescriptor /FontName /X /Flags 4 /FontFile2 100002 0 R >>",
            100_002: stream(noise, "/Length1 99999"),
            100_003: b"<< /Type /Font /Subtype /Type0 /BaseFont /Y /Encoding /Identity-H /DescendantFonts [100003 0 R] "
            b"/ToUnicode 100002 0 R >>",
        },
    )


def broken_xref(content: bytes) -> bytes:
    """A PDF whose table of objects points anywhere."""
    at = content.rindex(b"startxref")
    return content[:at] + b"startxref\n7\n%%EOF\n"


def encrypted_pdf() -> bytes:
    """A PDF that asks for a password (ISO 32000-1, 7.6.3)."""
    key = "<" + "5a" * 32 + ">"
    return pdf(
        [page_of("Secret")],
        trailer=f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >> /ID [<00> <00>]",
    )


def huge_picture() -> bytes:
    """A page that shows a picture said to have a million million pixels."""
    lie = image().replace(b"/Width 1 /Height 1", b"/Width 1000000 /Height 1000000")
    return pdf(
        ["q 99 0 0 99 0 0 cm /Big Do Q " + page_of("Beside it")],
        resources="/XObject << /Big 100000 0 R >>",
        objects={100_000: lie},
    )


def many_attributes(count: int = 100_000) -> bytes:
    """An element with so many attributes that comparing each with each takes minutes."""
    return f"<p {' '.join(f'a{each}=1' for each in range(count))}>text</p>".encode()


def many_accents(count: int = 300_000) -> bytes:
    """A letter with so many accents that putting them in order takes minutes."""
    return ("a" + "\u0301\u0316" * count).encode()
