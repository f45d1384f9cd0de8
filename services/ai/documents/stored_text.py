"""A document's text between its extraction and its splitting, as an object of JSON."""

import orjson

from services.ai.extraction.values import Block, Extracted, Finding


def stored_form(extracted: Extracted) -> bytes:
    """What `extracted_from` reads."""
    return orjson.dumps(extracted)


def extracted_from(stored: bytes) -> Extracted:
    """What `stored_form` wrote."""
    found = orjson.loads(stored)
    return Extracted(
        blocks=tuple(Block(**block) for block in found["blocks"]),
        pages=found["pages"],
        title=found["title"],
        findings=tuple(Finding(**finding) for finding in found["findings"]),
    )
