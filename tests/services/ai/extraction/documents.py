"""Documents for tests, made here: PDF by a tiny writer of its own, DOCX by python-docx, the rest by hand."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence

import docx as python_docx
from docx.document import Document

A4 = "0 0 595 842"
WORDS = (
    *("the", "opening", "hours", "of", "our", "shop", "depend", "on", "season", "and", "public", "holidays", "because"),
    *(
        "delivery",
        "conditions",
        "for",
        "customers",
        "are",
        "part",
        "every",
        "agreement",
        "about",
        "payment",
        "warranty",
    ),
)


def sentence(words: int, start: int = 0) -> str:
    """So many words, always the same for one `start`."""
    chosen = [WORDS[(start * 7 + each * 5) % len(WORDS)] for each in range(words)]
    return " ".join(chosen).capitalize() + "."


def text_at(text: str, x: float, y: float, *, size: float = 11, before: str = "") -> str:
    """Operators that show a text at a place of a page, in points from its lower left; `before` stands before it."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT {before} /F1 {size:g} Tf {x:g} {y:g} Td ({escaped}) Tj ET"


def page_of(*lines: str | tuple[str, float], left: float = 60, top: float = 780, leading: float = 1.2) -> str:
    """A page's content: a line for each text or (text, size); an empty text leaves a line's room."""
    shown: list[str] = []
    for line in lines:
        text, size = line if isinstance(line, tuple) else (line, 11.0)
        top -= size * leading
        if text:
            shown.append(text_at(text, left, top, size=size))
    return "\n".join(shown)


def pdf(
    pages: Sequence[str | bytes],
    *,
    title: str = "",
    box: str = A4,
    resources: str = "",
    catalog: str = "",
    trailer: str = "",
    objects: Mapping[int, bytes] | None = None,
) -> bytes:
    """A PDF whose pages have these contents; equal contents are stored once.

    Numbers from 100,000 on are free for `objects`; `resources`, `catalog` and `trailer` add to those dictionaries.
    """
    body: dict[int, bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: f"<< /Title ({title}) >>".encode("latin-1"),
    }
    contents: dict[bytes, int] = {}
    kids: list[int] = []
    for page in pages:
        content = page if isinstance(page, bytes) else page.encode("cp1252")
        if content not in contents:
            contents[content] = len(body) + 2
            body[contents[content]] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
        kids.append(len(body) + 2)
        body[kids[-1]] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {contents[content]} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> {resources} >> >>"
        ).encode()
    body[2] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    return assembled({**body, **(objects or {})}, trailer=trailer)


def assembled(objects: Mapping[int, bytes], *, trailer: str = "") -> bytes:
    """A PDF of these objects; 1 is its catalog, 4 its information."""
    file = io.BytesIO()
    file.write(b"%PDF-1.7\n")
    places = {}
    for number in sorted(objects):
        places[number] = file.tell()
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, objects[number]))
    start = file.tell()
    file.write(b"xref\n0 1\n0000000000 65535 f \n")
    for number, place in places.items():
        file.write(b"%d 1\n%010d 00000 n \n" % (number, place))
    size = max(objects) + 1
    file.write(f"trailer << /Size {size} /Root 1 0 R /Info 4 0 R {trailer} >>\n".encode())
    file.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return file.getvalue()


def stream(content: bytes, dictionary: str = "") -> bytes:
    """The body of an object that is a stream."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary.encode(), len(content), content)


def image(width: int = 1, height: int = 1) -> bytes:
    """The body of an object that is a grey picture."""
    return stream(
        b"\x80" * (width * height),
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8",
    )


def scan(text: str = "") -> bytes:
    """A PDF of one page that is a picture; with a text it is laid over the picture, unseen, as scanners do."""
    content = "q 595 0 0 842 0 0 cm /Scan Do Q\n" + text_at(text, 60, 700, before="3 Tr")
    return pdf([content], resources="/XObject << /Scan 100000 0 R >>", objects={100_000: image()})


def docx(write: Callable[[Document], object]) -> bytes:
    """A DOCX as python-docx makes it."""
    document = python_docx.Document()
    write(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def docx_of(body: str, *, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A DOCX whose body is this WordprocessingML; `parts` are added to its own or stand in their place."""
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'
    return repacked(docx(lambda _: None), {"word/document.xml": document, **(parts or {})})


def repacked(package: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP with some of its parts replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return file.getvalue()


def html(body: str, head: str = "<title>Our shop</title>") -> bytes:
    return f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def old_word(*names: str, flags: int = 0) -> bytes:
    """What tells an old Word file: a compound file with a document's header and the names of its streams."""
    header = struct.pack("<HHHHHH", 0xA5EC, 193, 0, 1033, 0, flags)
    directory = b"".join(f"{name}\0".encode("utf-16-le") for name in (*names, "WordDocument"))
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + header.ljust(512, b"\0") + directory.ljust(512, b"\0")
    )
