"""DOCX: headings by style, lists, tables, boxes and notes; what Word hides is reported instead."""

from pathlib import Path

from docx.document import Document

from services.ai.extraction import docx
from services.ai.extraction.values import Finding
from tests.services.ai.extraction.documents import docx as made_by_python_docx
from tests.services.ai.extraction.documents import docx_of, repacked
from tests.services.ai.extraction.reading import hidden, read, read_here, shape

RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _set(name: str, value: str) -> str:
    return f'<w:{name} w:val="{value}"/>'


def _run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


async def test_a_document_keeps_its_structure(tmp_path: Path) -> None:
    def write(document: Document) -> None:
        document.core_properties.title = "Price list"
        document.add_heading("Prices", 0)
        document.add_heading("Bread", 1)
        document.add_paragraph("Baked daily.")
        document.add_paragraph("White", style="List Bullet")
        document.add_paragraph("Brown", style="List Number")
        document.add_heading("Small print", 3)
        table = document.add_table(rows=2, cols=2)
        for cell, text in zip((cell for row in table.rows for cell in row.cells), "ABCD", strict=True):
            cell.text = text

    extracted = await read(tmp_path, made_by_python_docx(write), ".docx")

    assert shape(extracted) == [
        ("h1", "Prices"),
        ("h1", "Bread"),
        ("paragraph", "Baked daily."),
        ("list_item", "White"),
        ("list_item", "Brown"),
        ("h3", "Small print"),
        ("table", "| A | B |\n| --- | --- |\n| C | D |"),
    ]
    assert (extracted.title, extracted.pages, extracted.findings) == ("Price list", None, ())


def test_hidden_runs_are_in_no_block_and_are_reported() -> None:
    runs = (
        _run("Seen "),
        _run("vanished", "<w:vanish/>"),
        _run("and ", _set("vanish", "0")),
        _run("white", _set("color", "FFFFFF")),
        _run("tiny", _set("sz", "2")),
        _run("on black", _set("color", "FFFFFF") + '<w:shd w:fill="000000"/>'),
    )

    extracted = read_here(docx.read, docx_of(f"<w:p>{''.join(runs)}</w:p>"))

    assert shape(extracted) == [("paragraph", "Seen and on black")]
    assert hidden(extracted) == ["vanishedwhitetiny"]


def test_a_style_hides_what_is_written_in_it_and_in_those_based_on_it() -> None:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    styles = (
        f'<w:styles xmlns:w="{namespace}"><w:style w:styleId="Secret"><w:name w:val="Secret"/>'
        '<w:rPr><w:vanish/></w:rPr></w:style><w:style w:styleId="Child"><w:name w:val="Child"/>'
        '<w:basedOn w:val="Secret"/></w:style></w:styles>'
    )
    body = f'<w:p><w:pPr><w:pStyle w:val="Child"/></w:pPr>{_run("not seen")}</w:p><w:p>{_run("Seen")}</w:p>'

    extracted = read_here(docx.read, docx_of(body, parts={"word/styles.xml": styles}))

    assert shape(extracted) == [("paragraph", "Seen")]
    assert hidden(extracted) == ["not seen"]


def test_links_and_insertions_are_text_and_deletions_and_field_codes_are_none() -> None:
    body = (
        f"<w:p>{_run('Call ')}<w:hyperlink>{_run('us')}</w:hyperlink><w:ins>{_run(' now')}</w:ins>"
        "<w:del><w:r><w:delText> never</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:r><w:tab/><w:t>or</w:t><w:br/><w:t>write</w:t></w:r></w:p>"
        f"<w:sdt><w:sdtContent><w:p>{_run('In a control')}</w:p></w:sdtContent></w:sdt>"
    )

    assert shape(read_here(docx.read, docx_of(body))) == [
        ("paragraph", "Call us now or\nwrite"),
        ("paragraph", "In a control"),
    ]


def test_a_text_box_follows_its_paragraph_once() -> None:
    box = f"<w:txbxContent><w:p>{_run('In the box')}</w:p></w:txbxContent>"
    body = (
        '<w:p><w:r><w:t>Outside</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="urn:mc">'
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )

    assert shape(read_here(docx.read, docx_of(body))) == [("paragraph", "Outside"), ("paragraph", "In the box")]


def test_merged_cells_leave_their_places_empty_and_a_frame_is_no_table() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{_run(text)}</w:p></w:tc>"

    body = (
        f"<w:tbl><w:tr>{cell('Both', _set('gridSpan', '2'))}{cell('C')}</w:tr>"
        f"<w:tr>{cell('1', _set('vMerge', 'restart'))}{cell('2')}{cell('3')}</w:tr>"
        f"<w:tr>{cell('', '<w:vMerge/>')}{cell('4')}{cell('5')}</w:tr></w:tbl>"
        f"<w:tbl><w:tr>{cell('A frame')}</w:tr></w:tbl>"
    )

    assert shape(read_here(docx.read, docx_of(body))) == [
        ("table", "| Both |  | C |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n|  | 4 | 5 |"),
        ("paragraph", "A frame"),
    ]


def test_footnotes_follow_the_text_and_separators_are_none() -> None:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    notes = (
        f'<w:footnotes xmlns:w="{namespace}"><w:footnote w:type="separator"><w:p>{_run("---")}</w:p></w:footnote>'
        f"<w:footnote><w:p>{_run('The note')}</w:p></w:footnote></w:footnotes>"
    )

    extracted = read_here(docx.read, docx_of(f"<w:p>{_run('Text')}</w:p>", parts={"word/footnotes.xml": notes}))

    assert shape(extracted) == [("paragraph", "Text"), ("paragraph", "The note")]


def test_macros_and_what_would_be_fetched_are_reported_and_links_are_not() -> None:
    relationships = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="{RELATIONSHIP}/image" Target="https://spy.example/1.png" TargetMode="External"/>'
        f'<Relationship Id="b" Type="{RELATIONSHIP}/hyperlink" Target="https://a.example" TargetMode="External"/>'
        f'<Relationship Id="c" Type="{RELATIONSHIP}/attachedTemplate" Target="https://evil.example/t.dotm" '
        'TargetMode="External"/></Relationships>'
    )
    parts: dict[str, str | bytes] = {
        "word/vbaProject.bin": b"\xd0\xcf\x11\xe0 macros",
        "word/_rels/settings.xml.rels": relationships,
    }

    extracted = read_here(docx.read, docx_of(f"<w:p>{_run('Text')}</w:p>", parts=parts))

    assert extracted.findings == (
        Finding("macros", "word/vbaProject.bin"),
        Finding("remote_content", "https://spy.example/1.png"),
        Finding("remote_content", "https://evil.example/t.dotm"),
    )


def test_a_document_with_macros_says_so_in_its_type_and_is_read() -> None:
    package = docx_of(f"<w:p>{_run('Text')}</w:p>")
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
        'PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    )

    assert shape(read_here(docx.read, repacked(package, {"[Content_Types].xml": types}))) == [("paragraph", "Text")]
