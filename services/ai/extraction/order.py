"""What the parent asks of the reader's process: the one argument of the program, as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from services.ai.extraction.converters import Converter
from services.ai.extraction.values import Limits

READERS: Mapping[str, str] = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/html": "html",
    "text/markdown": "markdown",
    "text/plain": "text",
    "text/csv": "separated",
}
"""The module of this package that reads a content type."""
OLD_WORD = "application/msword"
"""Needs a converter first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`size` is the document's in bytes, `parent` the pid of who asks; a converter works in `folder`."""

    content_type: str
    size: int
    parent: int
    limits: Limits
    converter: Converter | None = None
    folder: Path | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> "Order":
        values = json.loads(text)
        converter, folder = values["converter"], values["folder"]
        return cls(
            content_type=values["content_type"],
            size=values["size"],
            parent=values["parent"],
            limits=Limits(**values["limits"]),
            converter=None if converter is None else Converter(**converter),
            folder=None if folder is None else Path(folder),
        )
