"""What an answer is made from: the passages that fit a question best, and whether they hold an answer at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.ai.context import AiContext
from services.ai.documents.access import Asker
from services.ai.index.searching import Found, search
from services.ai.knowledge import repository as knowledge

SOURCES = 8
SIMILARITY, COVERED = 0.32, 0.5
"""Calibrated on the collection of the tests: see `docs/how-to/tune-an-assistant.md`."""
_WORD = re.compile(r"\w{4,}")
_STEM = 5


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages, the best first. `holds` is false where they probably do not answer the question."""

    passages: Sequence[Found]
    holds: bool


async def retrieve(
    context: AiContext,
    *,
    tenant_id: UUID,
    asker: Asker,
    knowledge_base_ids: Sequence[UUID],
    question: str,
    language: str,
) -> Retrieved:
    """Searches what the asker may read.

    Raises:
        EmbeddingsUnavailable, SQLAlchemyError
    """
    async with context.database.tenant_session(tenant_id) as session:
        models = await knowledge.models_of(session, knowledge_base_ids)
    found: list[Found] = []
    for model in sorted(set(models.values())):
        [vector] = await context.embeddings[model].embed([question])
        bases = [one for one, its_model in models.items() if its_model == model]
        async with context.database.tenant_session(tenant_id) as session:
            found += await search(
                session,
                asker=asker,
                knowledge_base_ids=bases,
                query=question,
                query_vector=vector,
                model=model,
                language=language,
                limit=SOURCES,
            )
    best = sorted(found, key=lambda one: one.score, reverse=True)[:SOURCES]
    return Retrieved(best, holds_answer(question, best))


def holds_answer(question: str, passages: Sequence[Found]) -> bool:
    """Whether the passages are near enough to the question, or have enough of its words."""
    nearest = max((one.vector_similarity or 0.0 for one in passages), default=0.0)
    return nearest >= SIMILARITY and (nearest >= 2 * SIMILARITY or covered(question, passages) >= COVERED)


def covered(question: str, passages: Sequence[Found]) -> float:
    """The share of the question's longer words that stand in the best three passages, by their beginnings."""
    wanted = {word[:_STEM] for word in _WORD.findall(question.casefold())}
    there = {word[:_STEM] for one in passages[:3] for word in _WORD.findall(one.text.casefold())}
    return len(wanted & there) / len(wanted) if wanted else 1.0
