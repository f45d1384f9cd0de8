"""CSV (RFC 4180 and its relatives): one table, its delimiter found out."""

import csv
import io
from typing import BinaryIO

from services.ai.extraction.collector import Collector
from services.ai.extraction.text import read_text
from services.ai.extraction.values import MIB, ExtractionFailed, Limits, Outline

DELIMITERS = ",;\t|"
MOST_FIELD_CHARACTERS = MIB
_SAMPLE_CHARACTERS, _SAMPLE_ROWS = 64 * 1024, 50


def read(file: BinaryIO, collector: Collector, _: Limits) -> Outline:
    """The first row that is not empty is the header.

    Raises:
        ExtractionFailed: `wrong_type`, or `too_large`: a field is longer than a million characters.
    """
    csv.field_size_limit(MOST_FIELD_CHARACTERS)
    text = read_text(file).replace("\0", "")
    try:
        collector.table(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))
    except csv.Error as error:
        raise ExtractionFailed("too_large", str(error)) from None
    return Outline()


def delimiter_of(text: str) -> str:
    """The one that parts most of the first rows into the same number of columns; a comma where none does."""
    return max(DELIMITERS, key=lambda delimiter: _agreement(text[:_SAMPLE_CHARACTERS], delimiter))


def _agreement(sample: str, delimiter: str) -> tuple[int, int]:
    """How many rows have the commonest number of columns beyond one, and that number."""
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    widths = [len(row) for row, _ in zip(rows, range(_SAMPLE_ROWS), strict=False) if len(row) > 1]
    commonest = max(set(widths), key=widths.count, default=0)
    return widths.count(commonest), commonest
