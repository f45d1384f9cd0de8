"""What it takes to make a document known: its parts, one after another."""

from collections.abc import Callable, Sequence

from bench.ingestion_pages import pages
from bench.ingestion_vectors import vectors
from bench.registry import Bench, Figures

PARTS: Sequence[Callable[[], Figures]] = (pages, vectors)


def run() -> Figures:
    """All parts."""
    figures: dict[str, float] = {}
    for part in PARTS:
        figures |= part()
    return figures


BENCH = Bench(
    name="ingestion",
    measures="PDF pages that become text in a minute, and passages embedded by one core in a second",
    run=run,
)
