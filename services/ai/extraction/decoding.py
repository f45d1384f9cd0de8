"""What the reader's process printed, as values. It is believed no more than the document is: everything is checked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn, get_args

import orjson

from services.ai.extraction.values import (
    MOST_FINDING_CHARACTERS,
    MOST_FINDINGS,
    MOST_TITLE_CHARACTERS,
    Block,
    BlockKind,
    Extracted,
    ExtractionFailed,
    Finding,
    FindingKind,
    Reason,
)

_BLOCKS, _FINDINGS, _REASONS = (frozenset(get_args(names)) for names in (BlockKind, FindingKind, Reason))
_MOST_DETAIL_CHARACTERS = 500


class NoOutcome(Exception):
    """The process ended without saying what became of the document."""


@dataclass(slots=True)
class _Result:
    blocks: list[Block] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def decode(printed: Sequence[bytes]) -> Extracted:
    """The lines of JSON in these pieces of output.

    Raises:
        ExtractionFailed: the process says so, or it prints what it may not: `broken`.
        NoOutcome
    """
    result = _Result()
    for line in b"".join(printed).splitlines():
        outcome = _take(_parsed(line), result)
        if outcome is not None:
            return outcome
    raise NoOutcome


def _take(line: object, result: _Result) -> Extracted | None:
    """Adds what the line says to the result; the whole of it after the last line."""
    match line:
        case ["block", str(kind), str(text), page, level] if kind in _BLOCKS and text:
            result.blocks.append(Block(kind, text, _number(page), _number(level)))  # type: ignore[arg-type]  # checked
        case ["finding", str(kind), str(text), page] if kind in _FINDINGS and len(text) <= MOST_FINDING_CHARACTERS:
            result.findings.append(Finding(kind, text, _number(page)))  # type: ignore[arg-type]  # checked
        case ["done", pages, (str() | None) as title] if result.blocks:
            title = None if title is None else title[:MOST_TITLE_CHARACTERS]
            return Extracted(tuple(result.blocks), _number(pages), title, tuple(result.findings))
        case ["failed", str(reason), str(detail)] if reason in _REASONS:
            raise ExtractionFailed(reason, detail[:_MOST_DETAIL_CHARACTERS])  # type: ignore[arg-type]  # checked
        case _:
            _refuse()
    if len(result.findings) > MOST_FINDINGS * len(_FINDINGS):
        _refuse()
    return None


def _parsed(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        _refuse()


def _number(value: object) -> int | None:
    if value is not None and (type(value) is not int or not 0 < value < 2**31):
        _refuse()
    return value


def _refuse() -> NoReturn:
    raise ExtractionFailed("broken", "its reader prints what it may not")
