"""Search in knowledge bases by meaning and by words, in what the asker may read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.documents.access import Asker
from services.ai.index import bm25, bm25_repository
from services.ai.index.bm25_repository import Worded
from services.ai.index.fusion import Candidate, Fused, fused
from services.ai.index.nearest import IN_POSTGRES, NearestPassages
from services.ai.index.scope import Scope
from services.ai.index.search_repository import few_readable, read, survey
from services.ai.index.values import Found, Place, QueryVector, Tuning

__all__ = ["Found", "Tuning", "search"]
DEFAULT = Tuning()


async def search(
    session: AsyncSession,
    *,
    asker: Asker,
    knowledge_base_ids: Sequence[UUID],
    query: str,
    query_vector: NDArray[np.float32] | None,
    model: str,
    language: str,
    limit: int,
    nearest: NearestPassages = IN_POSTGRES,
    tuning: Tuning = DEFAULT,
) -> list[Found]:
    """Up to `limit` passages that fit `query`, the best first, of ready documents that the asker may read.

    `query_vector` is the question's by `model`; without one, words alone decide, and without words in `query`, meaning
    alone. Words are understood in `language` (ISO 639-1) and in those of the documents. The nearest are found by
    `nearest`, the form that ingestion writes to.

    Raises:
        VectorsError: the form does not answer; a search by words alone would pass for the whole.
    """
    there = await survey(session, knowledge_base_ids, query=query, language=language)
    if not there.passages:
        return []
    scope, share = Scope(there.bases, asker), 1.0
    if there.passages > tuning.exact_up_to:
        few = await few_readable(session, scope, fewer_than=tuning.few_documents)
        if few is not None:
            scope, share = replace(scope, documents=few[0]), few[1] / there.passages
    most = max(limit, tuning.candidates)
    vector = None if query_vector is None else QueryVector(query_vector, model)
    near: Mapping[Place, float] = {}
    if vector is not None:
        near = await nearest.nearest(session, scope, there, vector, tuning, limit=most)
    worded: Sequence[Worded] = ()
    if there.terms:
        # Of few documents, few passages are read, whatever stands in the others.
        plan = bm25.plan(there.terms, there.passages, budget=tuning.postings / max(share, 1e-6))
        worded = await bm25_repository.with_words(
            session,
            scope,
            plan,
            vector,
            mean_length=there.words / there.passages,
            known=near,
            tuning=tuning,
            limit=most,
        )
    best = fused(_candidates(near, worded))[:limit]
    rows = await read(session, scope, [one.candidate.place for one in best])
    return [_found(rows[one.candidate.place], one) for one in best if one.candidate.place in rows]


def _candidates(near: Mapping[Place, float], worded: Collection[Worded]) -> list[Candidate]:
    """What either leg found, with the scores of both."""
    scores = {one.place: one for one in worded}
    places = {**near, **scores}
    return [
        Candidate(
            place,
            similarity=near.get(place, scores[place].similarity if place in scores else None),
            lexical=scores[place].score if place in scores else 0.0,
        )
        for place in places
    ]


def _found(row: "Row[Any]", one: Fused) -> Found:
    return Found(
        passage_id=row.id,
        document_id=row.document_id,
        knowledge_base_id=row.knowledge_base_id,
        document_name=row.name,
        position=row.position,
        text=row.text,
        headings=tuple(row.headings),
        page_from=row.page_from,
        page_to=row.page_to,
        score=one.score,
        vector_similarity=one.candidate.similarity,
        lexical_score=one.candidate.lexical or None,
    )
