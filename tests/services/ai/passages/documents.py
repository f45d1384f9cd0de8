"""Documents for tests, written in few words."""

from services.ai.extraction.values import Block, Extracted


def document(*blocks: Block) -> Extracted:
    return Extracted(blocks, None, None, ())


def heading(level: int, text: str, page: int | None = None) -> Block:
    return Block("heading", text, page, level)


def paragraph(text: str, page: int | None = None) -> Block:
    return Block("paragraph", text, page)


def item(text: str, page: int | None = None) -> Block:
    return Block("list_item", text, page)


def table(text: str, page: int | None = None) -> Block:
    return Block("table", text, page)


def words(count: int, prefix: str = "w") -> str:
    return " ".join(f"{prefix}{number}" for number in range(count))


def count_words(text: str) -> int:
    """A tokenizer whose tokens are words, between two of its own."""
    return len(text.split()) + 2
