"""What an answer is made from: the passages that fit a question best, and whether they are about it at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.ai.context import AiContext
from services.ai.documents.access import Asker
from services.ai.index.searching import Found, search
from services.ai.knowledge import repository as knowledge
from services.ai.models.fitting import stems
from services.ai.models.phrases import phrases_of

SOURCES = 8
COVERED = 0.6
"""Passages with so large a share of a question's words may answer it, however little they look like it: "E014"."""
_BEST = 3


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages, the best first. `related` is false where they have nothing to do with the question."""

    passages: Sequence[Found]
    related: bool


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
        EmbeddingsUnavailable, VectorsError, SQLAlchemyError
    """
    async with context.database.tenant_session(tenant_id) as session:
        models = await knowledge.models_of(session, knowledge_base_ids)
    found: list[Found] = []
    near = False
    for model in sorted(set(models.values())):
        embeddings = context.embeddings[model]
        [vector] = await embeddings.embed([question])
        bases = [one for one, its_model in models.items() if its_model == model]
        async with context.database.tenant_session(tenant_id) as session:
            some = await search(
                session,
                asker=asker,
                knowledge_base_ids=bases,
                query=question,
                query_vector=vector,
                model=model,
                language=language,
                limit=SOURCES,
                nearest=context.nearest,
            )
        found += some
        near = near or any((one.vector_similarity or -1) >= embeddings.unrelated_below for one in some)
    best = sorted(found, key=lambda one: one.score, reverse=True)[:SOURCES]
    words = covered(question, [one.text for one in best[:_BEST]], language)
    return Retrieved(best, bool(best) and (near or words >= COVERED))


def covered(question: str, texts: Sequence[str], language: str) -> float:
    """The share of what the question asks for that stands in `texts`, from 0 to 1; 0 if it has fillers only."""
    wanted = set(stems(question, phrases_of(language).fillers))
    there = {stem for text in texts for stem in stems(text, ())}
    return len(wanted & there) / len(wanted) if wanted else 0.0
