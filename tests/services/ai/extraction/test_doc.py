"""Old Word documents go through a converter, within the same bounds as everything else."""

import asyncio
from pathlib import Path

import pytest

from services.ai.extraction.converters import Converter
from services.ai.extraction.extract import CONTENT_TYPES, CONVERTER, extract
from services.ai.extraction.values import Extracted, ExtractionFailed, Finding, Limits
from tests.services.ai.extraction import converting
from tests.services.ai.extraction.documents import docx_of, old_word
from tests.services.ai.extraction.hostile import PROGRAM
from tests.services.ai.extraction.reading import LIMITS, shape
from tests.support.eventually import eventually

WORD = "application/msword"


async def _convert(folder: Path, program: Path, content: bytes, *, limits: Limits = LIMITS) -> Extracted:
    document = folder / "document.doc"
    document.write_bytes(content)
    return await extract(document, WORD, limits=limits, converter=Converter(str(program), "docbook"))


async def test_what_antiword_prints_keeps_its_structure(tmp_path: Path) -> None:
    printed = (
        "<chapter><title>Prices</title><sect1><title>Bread &amp; cake</title><para>Baked\ndaily.</para><itemizedlist>"
        "<listitem><para>White</para></listitem></itemizedlist><para><informaltable><tgroup><tbody><row><entry>A</entry>"
        "<entry>B</entry></row><row><entry>1</entry><entry>2</entry></row></tbody></tgroup></informaltable></para>"
        "</sect1></chapter>"
    )

    extracted = await _convert(tmp_path, converting.printing(tmp_path, printed), old_word("_VBA_PROJECT"))

    assert shape(extracted) == [
        ("h1", "Prices"),
        ("h2", "Bread & cake"),
        ("paragraph", "Baked daily."),
        ("list_item", "White"),
        ("table", "| A | B |\n| --- | --- |\n| 1 | 2 |"),
    ]
    assert extracted.title == "Letter"
    assert extracted.findings == (Finding("macros", "_VBA_PROJECT"),)


async def test_what_libreoffice_makes_is_read_as_docx(tmp_path: Path) -> None:
    (tmp_path / "made.docx").write_bytes(docx_of("<w:p><w:r><w:t>Dear customer</w:t></w:r></w:p>"))
    program = converting.script(tmp_path, f"cp {tmp_path}/made.docx document.docx")
    document = tmp_path / "document.doc"
    document.write_bytes(old_word())

    extracted = await extract(document, WORD, converter=Converter(str(program), "docx"))

    assert shape(extracted) == [("paragraph", "Dear customer")]


async def test_a_converter_has_no_secrets_and_a_folder_that_is_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STACKPRO_SECRET", "hunter2")
    program = converting.script(tmp_path, 'echo "<book><para>$(env | tr "\\n" " ")</para><para>$PWD</para></book>"')

    extracted = await _convert(tmp_path, program, old_word())

    environment, folder = (text for _, text in shape(extracted))
    assert {each.partition("=")[0] for each in environment.split()} <= {
        "HOME",
        "TMPDIR",
        "PATH",
        "LANG",
        "PWD",
        "OLDPWD",
        "SHLVL",
        "_",
    }
    assert not await asyncio.to_thread(Path(folder).exists)


async def test_a_converter_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    with pytest.raises(ExtractionFailed, match="too_slow"):
        await _convert(tmp_path, converting.hanging(tmp_path), old_word(), limits=Limits(wall_seconds=2))

    pids = converting.noted(tmp_path / "pids")
    assert len(pids) == 3
    await eventually(lambda: not any(map(converting.runs, pids)))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (old_word(flags=0x0100), "encrypted"),
        (old_word("EncryptedPackage"), "encrypted"),
        (old_word().replace("WordDocument".encode("utf-16-le"), "Workbook....".encode("utf-16-le")), "wrong_type"),
        (PROGRAM, "wrong_type"),
        (docx_of("<w:p/>"), "wrong_type"),
    ],
)
async def test_what_is_no_readable_word_document_meets_no_converter(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    program = converting.script(tmp_path, f"touch {tmp_path}/met")

    with pytest.raises(ExtractionFailed, match=reason):
        await _convert(tmp_path, program, content)

    assert not (tmp_path / "met").exists()


async def test_a_converter_that_fails_leaves_a_broken_document(tmp_path: Path) -> None:
    with pytest.raises(ExtractionFailed, match="broken: converter ended with 3"):
        await _convert(tmp_path, converting.script(tmp_path, "exit 3"), old_word())


async def test_without_a_converter_old_word_documents_are_unsupported(tmp_path: Path) -> None:
    document = tmp_path / "document.doc"
    document.write_bytes(old_word())

    with pytest.raises(ExtractionFailed, match="unsupported"):
        await extract(document, WORD, converter=None)

    assert (WORD in CONTENT_TYPES) == (CONVERTER is not None)
