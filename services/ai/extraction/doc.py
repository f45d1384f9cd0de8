"""Old Word documents ([MS-DOC]), which a converter has made into DOCX or DocBook before they are read."""

import shutil
from pathlib import Path
from typing import BinaryIO

from services.ai.extraction import compound_file
from services.ai.extraction.collector import Collector
from services.ai.extraction.converters import Converter, convert
from services.ai.extraction.values import ExtractionFailed


def prepare(file: BinaryIO, folder: Path, converter: Converter, collector: Collector) -> Path:
    """Has the document converted within `folder`; where the result is.

    Raises:
        ExtractionFailed: `wrong_type`, `encrypted` or `broken`.
    """
    if not compound_file.is_compound(file):
        raise ExtractionFailed("wrong_type", "it is no old Word document")
    if compound_file.holds(file, "EncryptedPackage") or compound_file.is_encrypted_word(file):
        raise ExtractionFailed("encrypted", "it has a password")
    if not compound_file.holds(file, "WordDocument"):
        raise ExtractionFailed("wrong_type", "it is another program's old Office file")
    if compound_file.holds(file, "_VBA_PROJECT"):
        collector.finding("macros", "_VBA_PROJECT")
    source = folder / "document.doc"
    with source.open("wb") as copy:
        shutil.copyfileobj(file, copy)
    return convert(converter, source)
