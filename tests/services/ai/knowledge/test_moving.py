"""A knowledge base moves to another embedding model while it is searched."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import func, select

from services.ai.answers.retrieval import retrieve
from services.ai.documents.access import Asker
from services.ai.documents.loop import look_at_due
from services.ai.embeddings import EmbeddingsUnavailable
from services.ai.embeddings.known import KnownEmbeddings
from services.ai.embeddings.port import Floats
from services.ai.index.models import PassageVector
from services.ai.knowledge import service
from services.ai.knowledge.moving import move_due
from tests.services.ai.people import Business

NEW = "words-512"
PARTS = 70
LONG = "\n\n".join(
    f"# Part {number}\n\n" + f"Chapter {number} is about {number} things. " * 25 for number in range(PARTS)
)


@dataclass
class Words:
    """An embedding model that knows texts by their words alone; it fails after so many calls, if told to."""

    calls_left: int | None = None
    model: str = NEW
    dimensions: int = 512
    most_tokens: int = 256
    unrelated_below: float = -1

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    async def embed(self, texts: Sequence[str]) -> Floats:
        if self.calls_left is not None:
            self.calls_left -= 1
            if self.calls_left < 0:
                raise EmbeddingsUnavailable
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.casefold().split():
                row[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % self.dimensions] += 1
        norms: Floats = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / norms


@pytest.fixture
def words() -> Words:
    return Words()


@pytest.fixture
def moved(business: Business, words: Words) -> Business:
    """The same business where the worker knows a second model."""
    known = KnownEmbeddings([business.context.embeddings.default, words])
    return replace(business, context=replace(business.context, embeddings=known))


async def move(business: Business, base: str) -> None:
    async with business.context.database.tenant_session(business.id) as session:
        await service.move(business.context, session, UUID(base), NEW)


async def vectors(business: Business) -> dict[str, int]:
    """How many there are, by their model."""
    async with business.context.database.tenant_session(business.id) as session:
        rows = await session.execute(select(PassageVector.model, func.count()).group_by(PassageVector.model))
        return {row[0]: row[1] for row in rows}


async def finds(business: Business, base: str, question: str) -> str:
    """The best passage."""
    retrieved = await retrieve(
        business.context,
        tenant_id=business.id,
        asker=Asker(user_id=business.owner.id, role="owner"),
        knowledge_base_ids=[UUID(base)],
        question=question,
        language="en",
    )
    return retrieved.passages[0].text


async def test_it_is_searched_by_the_old_model_until_all_is_embedded_and_then_by_the_new_one(moved: Business) -> None:
    base = await moved.owner.knowledge_base()
    await moved.ready(base)
    [old] = await vectors(moved)

    await move(moved, base)

    assert "rye bread" in await finds(moved, base, "What does rye bread cost?")
    assert (await moved.owner.ask("GET", f"/v1/knowledge-bases/{base}"))["embedding_model"] == old
    assert await move_due(moved.context) == 1
    assert await vectors(moved) == {NEW: 1}
    assert (await moved.owner.ask("GET", f"/v1/knowledge-bases/{base}"))["embedding_model"] == NEW
    assert "rye bread" in await finds(moved, base, "What does rye bread cost?")


async def test_a_move_that_is_interrupted_goes_on_and_nothing_is_lost_meanwhile(moved: Business, words: Words) -> None:
    base = await moved.owner.knowledge_base()
    await moved.ready(base, LONG.encode(), name="parts.md")
    [(old, passages)] = (await vectors(moved)).items()
    await move(moved, base)
    words.calls_left = 1

    assert await move_due(moved.context) == 1

    assert await vectors(moved) == {old: passages, NEW: 64}
    assert "Chapter 7 " in await finds(moved, base, "What is chapter 7 about?")
    words.calls_left = None
    async with moved.context.database.tenant_session(moved.id) as session:
        await service.move(moved.context, session, UUID(base), NEW)
    await move_due(moved.context)
    assert await vectors(moved) == {NEW: passages}


async def test_a_document_that_is_added_during_the_move_is_found_by_both(moved: Business, words: Words) -> None:
    base = await moved.owner.knowledge_base()
    await moved.ready(base)
    await move(moved, base)
    words.calls_left = 0
    await move_due(moved.context)

    await moved.owner.completed(base, b"# Coffee\n\nA cup of coffee costs two euros.", name="coffee.md")
    while await look_at_due(moved.context):
        pass

    assert "coffee" in await finds(moved, base, "What does coffee cost?")
    words.calls_left = None
    await move(moved, base)
    await move_due(moved.context)
    assert await vectors(moved) == {NEW: 2}
    assert "coffee" in await finds(moved, base, "What does coffee cost?")
