"""All SQL around the legs of a search: what it must know before it looks, and the passages that it found."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Select, and_, bindparam, case, func, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.documents.models import Document
from services.ai.index.models import Passage
from services.ai.index.scope import Scope, named, one_of, places_cte, places_values, readable
from services.ai.index.values import Place
from services.ai.index.words import CONFIGURATIONS, UNKNOWN, configuration_of, plain

MOST_WORDS = 64
# A word that says nothing in the asker's language is left out in the others, where it may look like a rare one.
_SURVEY = text(f"""
    WITH base AS MATERIALIZED (
        SELECT tenant_id, id FROM knowledge_base WHERE id = ANY(CAST(:bases AS uuid[])) AND state = 'active'
    ), total AS MATERIALIZED (
        SELECT language, sum(passages) AS passages, sum(words) AS words
        FROM lexical_total WHERE knowledge_base_id IN (SELECT id FROM base)
        GROUP BY language
    ), spoken AS (
        SELECT DISTINCT CAST(coalesce(known.configuration, '{UNKNOWN}') AS regconfig) AS configuration
        FROM (SELECT language FROM total UNION SELECT CAST(:language AS text)) one
        LEFT JOIN unnest(CAST(:languages AS text[]), CAST(:configurations AS text[])) known(language, configuration)
          USING (language)
    ), word AS (
        SELECT DISTINCT word
        FROM (SELECT string_to_table({plain("CAST(:query AS text)")}, ' ') AS word LIMIT {MOST_WORDS}) first_ones
        WHERE to_tsvector(CAST(:configuration AS regconfig), word) <> CAST('' AS tsvector)
    ), wanted AS (
        SELECT DISTINCT unnest(tsvector_to_array(to_tsvector(spoken.configuration, word.word))) AS term
        FROM spoken CROSS JOIN word
    ), term AS (
        SELECT wanted.term, (
            SELECT sum(t.passages) FROM lexical_term t
            WHERE t.term = wanted.term AND t.knowledge_base_id = ANY(ARRAY(SELECT id FROM base))
        ) AS passages
        FROM wanted
    )
    SELECT ARRAY(SELECT id FROM base) AS bases,
           ARRAY(SELECT DISTINCT tenant_id FROM base) AS tenants,
           (SELECT coalesce(sum(passages), 0) FROM total) AS passages,
           (SELECT coalesce(sum(words), 0) FROM total) AS words,
           (SELECT coalesce(json_object_agg(term, passages) FILTER (WHERE passages > 0), '{{}}') FROM term) AS terms,
           (
               SELECT reltuples FROM pg_class WHERE oid = (
                   SELECT tableoid FROM passage_vector WHERE knowledge_base_id = (SELECT id FROM base LIMIT 1)
                   ORDER BY document_id LIMIT 1
               )
           ) AS neighbours
""")  # noqa: S608  # constants


@dataclass(frozen=True, slots=True)
class Survey:
    """The knowledge bases that may be searched, and what is in them. `tenants` are theirs: one, in a tenant's session.

    `passages` and `words` are the sums of their published documents, `terms` says in how many passages each word of the
    question stands, `neighbours` how many passages share a graph with theirs.
    """

    bases: Sequence[UUID]
    tenants: Sequence[UUID]
    passages: int
    words: int
    terms: Mapping[str, int]
    neighbours: int


async def survey(session: AsyncSession, knowledge_base_ids: Sequence[UUID], *, query: str, language: str) -> Survey:
    """Looks at what there is for a question that is asked in `language`."""
    values: dict[str, Any] = {
        "bases": list(knowledge_base_ids),
        "query": query,
        "language": language,
        "configuration": configuration_of(language),
        "languages": list(CONFIGURATIONS),
        "configurations": list(CONFIGURATIONS.values()),
    }
    row = (await session.execute(_SURVEY, values)).one()
    return Survey(
        bases=row.bases,
        tenants=row.tenants,
        passages=int(row.passages),
        words=int(row.words),
        terms=row.terms,
        neighbours=max(int(row.neighbours or 0), int(row.passages)),
    )


async def few_readable(session: AsyncSession, scope: Scope, *, fewer_than: int) -> tuple[Sequence[UUID], int] | None:
    """The documents that the asker may read, and how many passages they have; None unless they are fewer."""
    values = {**scope.values, "fewer_than": fewer_than}
    row = (await session.execute(_few_readable(member=scope.member), values)).one()
    return None if row.ids is None else (row.ids, int(row.passages or 0))


async def read(session: AsyncSession, scope: Scope, places: Collection[Place]) -> Mapping[Place, "Row[Any]"]:
    """The passages at these places, with the name of their document."""
    rows = await session.execute(_read(member=scope.member), {**scope.values, **places_values(places)})
    return {Place(row.document_id, row.position): row for row in rows}


@cache
def _few_readable(*, member: bool) -> "Select[*tuple[Any, ...]]":
    most = bindparam("fewer_than", type_=Integer())
    may_read = select(Document.id, Document.passages).where(
        one_of(Document.knowledge_base_id, "bases"), readable(member=member)
    )
    # Asked apart, each is answered by an index, however many documents there are that only others may read.
    parts = [may_read.where(Document.audience.in_(("everyone", "members")))]
    if member:
        parts.append(may_read.where(Document.audience == "restricted", Document.id.in_(named())))
    limited = [part.limit(most).subquery() for part in parts]
    found = union_all(*(select(part.c.id, part.c.passages) for part in limited)).subquery()
    ids = case((func.count() < most, func.coalesce(func.array_agg(found.c.id), text("ARRAY[]::uuid[]"))))
    return select(ids.label("ids"), func.sum(found.c.passages).label("passages"))


@cache
def _read(*, member: bool) -> "Select[*tuple[Any, ...]]":
    place = places_cte("place")
    return (
        select(
            Passage.id,
            Passage.document_id,
            Passage.knowledge_base_id,
            Passage.position,
            Passage.text,
            Passage.headings,
            Passage.page_from,
            Passage.page_to,
            Document.name,
        )
        .select_from(place)
        .join(Passage, and_(Passage.document_id == place.c.document_id, Passage.position == place.c.position))
        .join(Document, Document.id == Passage.document_id)
        .where(readable(member=member))
    )
