"""All SQL of the search by words."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, bindparam, case, func, null, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.documents.models import Document
from services.ai.index.bm25 import K1, B, Plan
from services.ai.index.lexical_repository import PIECE
from services.ai.index.scope import Scope, cte, one_of, places_cte, places_values, readable
from services.ai.index.values import Place, QueryVector, Tuning
from services.ai.index.vector_repository import similarity_at, vector_values

_FREQUENCY = "((posting >> 15) & 255)"
# As floats throughout: PostgreSQL would else reckon with its slow decimal numbers.
_SCORE = f"""
    sum(weight * {_FREQUENCY}
        / ({_FREQUENCY} + CAST({K1 * (1 - B)} AS float8) + CAST(:slope AS float8) * (posting & 32767)))
"""
_PARTIAL = f"""
    SELECT document_id, piece * {PIECE} + (posting >> 23) AS position, {_SCORE} AS score
    FROM (
        SELECT e.document_id, e.piece, t.weight, unnest(e.postings) AS posting
        FROM unnest(CAST(:leading AS text[]), CAST(:leading_weights AS float8[])) AS t(term, weight)
        JOIN lexical_entry e ON e.term = t.term AND e.knowledge_base_id = ANY(CAST(:bases AS uuid[])) {{few}} {{cut}}
    ) posted
    GROUP BY 1, 2
"""  # noqa: S608  # constants
_FEW = "AND e.document_id = ANY(CAST(:documents AS uuid[]))"
_CUT = "AND e.document_id IN (SELECT id FROM readable_document) LIMIT CAST(:postings AS bigint)"
_CANDIDATE = "SELECT document_id, position FROM best UNION SELECT document_id, position FROM known"
_COMPLETING = f"""
    SELECT c.document_id, c.position, {_SCORE} AS score
    FROM (
        SELECT e.document_id, e.piece, t.weight, unnest(e.postings) AS posting
        FROM unnest(CAST(:common AS text[]), CAST(:common_weights AS float8[])) AS t(term, weight)
        JOIN lexical_entry e
          ON e.term = t.term AND e.knowledge_base_id = ANY(CAST(:bases AS uuid[]))
         AND e.document_id = ANY(ARRAY(SELECT DISTINCT document_id FROM candidate))
    ) posted
    JOIN candidate c ON c.document_id = posted.document_id AND c.position = piece * {PIECE} + (posting >> 23)
    GROUP BY 1, 2
"""  # noqa: S608  # constants
_SCORED = """
    SELECT document_id, position, score, row_number() OVER (ORDER BY score DESC) AS rank
    FROM (
        SELECT document_id, position, coalesce(partial.score, 0) + coalesce(completing.score, 0) AS score
        FROM candidate
        LEFT JOIN partial USING (document_id, position)
        LEFT JOIN completing USING (document_id, position)
    ) summed
"""


POOL = 5
"""So many times what is wanted is taken by score; all is, only if too little of it may be read."""


class Worded(NamedTuple):
    """A passage with its BM25 score; `similarity` is None where it is known, or there is no vector."""

    place: Place
    score: float
    similarity: float | None


async def with_words(
    session: AsyncSession,
    scope: Scope,
    plan: Plan,
    vector: QueryVector | None,
    *,
    mean_length: float,
    known: Collection[Place],
    tuning: Tuning,
    limit: int,
) -> Sequence[Worded]:
    """The best `limit` passages by the question's words, the best first, and those of `known` wherever they stand.

    `mean_length` is that of all passages, in words.
    """
    wanted = max(tuning.completed, limit) if plan.common else limit
    values: dict[str, Any] = {
        "leading": [one.term for one in plan.leading],
        "leading_weights": [one.weight for one in plan.leading],
        "common": [one.term for one in plan.common],
        "common_weights": [one.weight for one in plan.common],
        "slope": K1 * B / mean_length,
        "completed": wanted,
        "most": limit,
        **scope.values,
        **places_values(known),
        **({} if vector is None else vector_values(vector)),
    }
    if plan.cut:
        values["postings"] = tuning.postings
    dimensions = None if vector is None else vector.dimensions
    statement = _with_words(member=scope.member, few=scope.few, cut=plan.cut, dimensions=dimensions)
    rows = (await session.execute(statement, {**values, "pool": POOL * wanted})).all()
    if not rows or rows[0].best < wanted <= rows[0].partial / POOL:
        rows = (await session.execute(statement, {**values, "pool": None})).all()
    return [Worded(Place(row.document_id, row.position), row.score, row.similarity) for row in rows]


@lru_cache
def _with_words(*, member: bool, few: bool, cut: bool, dimensions: int | None) -> "Select[*tuple[Any, ...]]":
    partial = cte(_PARTIAL.format(few=_FEW if few else "", cut=_CUT if cut else ""), "partial", "score")
    pool = bindparam("pool", type_=Integer())
    by_score = select(partial).order_by(partial.c.score.desc()).limit(pool).subquery("by_score")
    # Looked up one by one in the order of their scores, until there are enough that the asker may read.
    its_document = select(Document.id).where(Document.id == by_score.c.document_id, readable(member=member)).limit(1)
    best = (
        select(by_score.c.document_id, by_score.c.position)
        .join(its_document.lateral("its_document"), true())
        .order_by(by_score.c.score.desc())
        .limit(bindparam("completed", type_=Integer()))
        .cte("best")
    )
    known, candidate, completing = places_cte("known"), cte(_CANDIDATE, "candidate"), cte(_COMPLETING, "completing")
    scored = cte(_SCORED, "scored", "score", "rank")
    among_best = scored.c.rank <= bindparam("most", type_=Integer())
    is_known = known.c.document_id.is_not(None)
    similarity: Any = null()
    if dimensions is not None:
        computed = similarity_at(scored.c.document_id, scored.c.position, dimensions=dimensions).scalar_subquery()
        similarity = case((among_best & ~is_known, computed))
    place = and_(known.c.document_id == scored.c.document_id, known.c.position == scored.c.position)
    parts = [partial, best, known, candidate, completing, scored]
    if cut:
        # What is cut short is what the asker may read, or others' documents might leave nothing of it.
        in_bases = one_of(Document.knowledge_base_id, "bases")
        parts.insert(0, select(Document.id).where(in_bases, readable(member=member)).cte("readable_document"))
    return (
        select(
            scored.c.document_id,
            scored.c.position,
            scored.c.score,
            similarity.label("similarity"),
            *(select(func.count()).select_from(part).scalar_subquery().label(part.name) for part in (partial, best)),
        )
        .outerjoin_from(scored, known, place)
        .where(among_best | is_known)
        .order_by(scored.c.rank)
        .add_cte(*parts)
    )
