"""How many pages of a PDF become text in a minute: ours, confined, with headings and tables, beside a peer's."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.registry import Figures
from bench.support.peers import python_with
from bench.support.report import print_table
from services.ai.extraction.extract import extract
from tests.services.ai.extraction.documents import page_of, pdf, sentence, text_at

PAGES, PEER_PAGES, LINES, WORDS, ROUNDS = 1_000, 100, 40, 13, 3
_PYPDF = "pypdf==7.1.0"
_PEER = Path(__file__).parent / "support" / "peer_pypdf.py"


def pages() -> Figures:
    """Alternating rounds over pages of about 3,000 characters; minutes are a processor's, so that what else runs here
    counts little."""
    folder = Path(tempfile.mkdtemp(prefix="bench-pages-"))
    try:
        return _measured(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measured(folder: Path) -> Figures:
    documents = {name: folder / f"{name}.pdf" for name in ("lines", "words", "peer")}
    documents["lines"].write_bytes(pdf([_page(number) for number in range(PAGES)]))
    documents["words"].write_bytes(pdf([_page_of_words(number) for number in range(PAGES // 4)]))
    documents["peer"].write_bytes(pdf([_page(number) for number in range(PEER_PAGES)]))
    peer_name, peer = _peer()
    rates: dict[str, list[float]] = {name: [] for name in documents}
    for _ in range(ROUNDS):
        rates["lines"].append(_rate(PAGES, lambda: _extract(documents["lines"], PAGES)))
        rates["words"].append(_rate(PAGES // 4, lambda: _extract(documents["words"], PAGES // 4)))
        rates["peer"].append(_rate(PEER_PAGES, lambda: peer(documents["peer"])))
    print_table(
        f"PDF pages in a minute of one core, {ROUNDS} rounds alternating (medians)",
        ("reader and pages", "pages/min"),
        [
            ("extraction, lines set whole", round(median(rates["lines"]))),
            ("extraction, words set one by one", round(median(rates["words"]))),
            (f"{peer_name}, lines set whole", round(median(rates["peer"]))),
        ],
    )
    return {
        "pages_per_minute": median(rates["lines"]),
        "words_pages_per_minute": median(rates["words"]),
        "peer_pages_per_minute": median(rates["peer"]),
    }


def _page(number: int) -> str:
    """A heading, paragraphs, and a small table."""
    lines = [sentence(WORDS, number * LINES + line) if line % 8 else "" for line in range(LINES)]
    cells = [text_at(f"{row}.{column}", 60 + 150 * column, 90 - 14 * row) for row in range(3) for column in range(3)]
    return "\n".join((page_of((f"Chapter {number}", 18), *lines), *cells))


def _page_of_words(number: int) -> str:
    """As programs for typesetting do it: every word at its place."""
    words = [
        text_at(word, 60 + 38 * column, 780 - 16 * line)
        for line in range(LINES)
        for column, word in enumerate(sentence(WORDS, number * LINES + line).split())
    ]
    return "\n".join(words)


def _rate(count: int, read: Callable[[], None]) -> float:
    began = _processor_seconds()
    read()
    return count / (_processor_seconds() - began) * 60


def _processor_seconds() -> float:
    """Of this process and of those it has waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _extract(document: Path, count: int) -> None:
    extracted = asyncio.run(extract(document, "application/pdf"))
    if extracted.pages != count or extracted.blocks[-1].page != count:
        raise RuntimeError(f"{extracted.pages} pages were read, not {count}")


def _peer() -> tuple[str, Callable[[Path], None]]:
    """poppler's pdftotext where it is installed, else pypdf."""
    if pdftotext := shutil.which("pdftotext"):
        return "pdftotext", lambda document: _run([pdftotext, str(document), "-"])
    interpreter = python_with("pypdf", _PYPDF)
    return "pypdf", lambda document: _run([str(interpreter), str(_PEER), str(document)])


def _run(command: list[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
