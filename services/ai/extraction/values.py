"""What an extraction gives, why it may fail, and the limits that hold for it. Imports nothing but Python itself."""

from dataclasses import dataclass
from typing import Literal

MIB = 1024**2
MOST_FINDINGS = 50
"""Of one kind in one document; a hostile one would have millions."""
MOST_FINDING_CHARACTERS = 500
MOST_TITLE_CHARACTERS = 500

BlockKind = Literal["heading", "paragraph", "list_item", "table"]
FindingKind = Literal["hidden_text", "macros", "remote_content", "scanned_page", "scanned_text", "unreadable_text"]
Reason = Literal[
    "encrypted",
    "broken",
    "too_large",
    "too_many_pages",
    "too_slow",
    "empty",
    "unsupported",
    "wrong_type",
    "scanned",
    "not_confined",
]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document as its author structured it: `text` is never empty, and clean (see `cleaning.py`).

    A table's text is Markdown: a header row, `---`, rows. `page` counts from 1 and is None where the format has no
    pages; `level` is 1 to 6 and only headings have one.
    """

    kind: BlockKind
    text: str
    page: int | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a document that its owner should know; `text` is at most 500 characters of it.

    - `hidden_text`: text that a reader of the document does not see; it is in no block
    - `macros`: the document carries programs
    - `remote_content`: what it would fetch when it is opened, by its address
    - `scanned_page`: a page that is a picture without text, of which nothing was extracted
    - `scanned_text`: a page whose text was recognised in a picture by whoever made the document, and may differ from it
    - `unreadable_text`: text whose font does not say which letters it shows
    """

    kind: FindingKind
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document's text. There is at least one block; `pages` is None where the format has no pages."""

    blocks: tuple[Block, ...]
    pages: int | None
    title: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a reader tells at the end."""

    pages: int | None = None
    title: str | None = None


class ExtractionFailed(Exception):
    """A document gives no text, for `reason`; `detail` says more, for a log, and holds none of the document's text.

    `scanned` means that it consists of pictures; `wrong_type` that it is not what its content type says. All reasons
    but one are the document's: `not_confined` means that this machine cannot lock the reader in, so nothing was read.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one extraction may take. Each is a bound of what a hostile document costs.

    10,000 pages are more than any handbook or collection of laws has, and take 200 seconds at 3,000 pages a minute; 64
    MiB are 6,000 characters for each of them. What takes ten seconds of processor time a page, or a MiB, was made to
    take that long.
    """

    file_bytes: int = 256 * MIB
    inflated_bytes: int = 512 * MIB
    """All that a compressed document holds, unpacked."""
    inflation_ratio: int = 200
    """Of any part beyond 1 MiB, unpacked to packed; what Word writes stays below 100."""
    result_bytes: int = 64 * MIB
    blocks: int = 500_000
    pages: int = 10_000
    memory_bytes: int = 1024 * MIB
    """Address space of the reader."""
    converter_memory_bytes: int = 4096 * MIB
    """Address space of an office program that converts; such programs reserve far more than they use."""
    cpu_seconds: int = 240
    share_cpu_seconds: int = 10
    """Of those: for opening, for each page of a PDF, and for each MiB of anything else."""
    wall_seconds: float = 300.0
