"""All SQL of the search by meaning."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import ColumnElement, Double, Select, and_, bindparam, cast, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import UserDefinedType

from services.ai.documents.models import Document
from services.ai.index.models import PassageVector
from services.ai.index.scope import Scope, one_of, places_cte, places_values, readable
from services.ai.index.values import Place, QueryVector, Tuning

# PostgreSQL may take it for cheaper to sort all passages of a tenant than to follow the graph; so it may not sort.
_BEFORE = text("""
    SELECT set_config('enable_sort', 'off', true),
           set_config('hnsw.iterative_scan', 'relaxed_order', true),
           set_config('hnsw.ef_search', :ef_search, true),
           set_config('hnsw.max_scan_tuples', :max_scan_tuples, true)
""")
_AFTER = text("SELECT set_config('enable_sort', 'on', true)")


class _Written(UserDefinedType[str]):
    """A vector that is written as pgvector reads it already."""

    cache_ok = True

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions

    def get_col_spec(self, **_: Any) -> str:
        return f"halfvec({self.dimensions})"


async def nearest(session: AsyncSession, scope: Scope, vector: QueryVector, *, limit: int) -> Mapping[Place, float]:
    """The passages that are nearest to `vector`, with their cosine. Each one of the scope is compared."""
    statement = _nearest(graph=False, member=scope.member, few=scope.few, dimensions=vector.dimensions, limit=limit)
    return await _execute(session, statement, scope, vector)


async def nearest_by_graph(
    session: AsyncSession, scope: Scope, vector: QueryVector, tuning: Tuning, *, limit: int
) -> Mapping[Place, float]:
    """The same by the graph of all vectors of these dimensions, which finds nearly all of the nearest."""
    statement = _nearest(graph=True, member=scope.member, few=False, dimensions=vector.dimensions, limit=limit)
    settings = {"ef_search": str(tuning.ef_search), "max_scan_tuples": str(tuning.max_scan_tuples)}
    await session.execute(_BEFORE, settings)
    found = await _execute(session, statement, scope, vector)
    await session.execute(_AFTER)
    return found


async def confirmed(
    session: AsyncSession, scope: Scope, vector: QueryVector, places: Collection[Place], *, limit: int
) -> Mapping[Place, float]:
    """Those `limit` of `places` that are nearest to `vector`, with their cosine, of what is in the scope."""
    statement = _confirmed(member=scope.member, few=scope.few, dimensions=vector.dimensions, limit=limit)
    rows = await session.execute(statement, {**scope.values, **vector_values(vector), **places_values(places)})
    return {Place(row.document_id, row.position): 1 - row.distance for row in rows}


def similarity_at(document_id: ColumnElement[Any], position: ColumnElement[Any], *, dimensions: int) -> "Select[float]":
    """The cosine of the parameter `vector` and the passage at a place, by the parameter `model`."""
    return select(1 - _distance(PassageVector.embedding, dimensions)).where(
        one_of(PassageVector.knowledge_base_id, "bases"),
        PassageVector.document_id == document_id,
        PassageVector.position == position,
        PassageVector.model == bindparam("model"),
    )


def vector_values(vector: QueryVector) -> Mapping[str, Any]:
    return {"vector": vector.written, "model": vector.model}


async def _execute(
    session: AsyncSession, statement: "Select[*tuple[Any, ...]]", scope: Scope, vector: QueryVector
) -> Mapping[Place, float]:
    rows = await session.execute(statement, {**scope.values, **vector_values(vector)})
    return {Place(row.document_id, row.position): 1 - row.distance for row in rows}


@lru_cache
def _confirmed(*, member: bool, few: bool, dimensions: int, limit: int) -> "Select[*tuple[Any, ...]]":
    place = places_cte("place")
    distance = _distance(PassageVector.embedding, dimensions)
    statement = (
        select(PassageVector.document_id, PassageVector.position, distance.label("distance"))
        .select_from(place)
        .join(
            PassageVector,
            and_(PassageVector.document_id == place.c.document_id, PassageVector.position == place.c.position),
        )
        .join(Document, and_(Document.tenant_id == PassageVector.tenant_id, Document.id == PassageVector.document_id))
        .where(
            one_of(PassageVector.knowledge_base_id, "bases"),
            PassageVector.model == bindparam("model"),
            PassageVector.dimensions == literal_column(str(dimensions)),
            readable(member=member),
        )
        .order_by(distance)
        .limit(literal_column(str(limit)))
    )
    return statement.where(one_of(PassageVector.document_id, "documents")) if few else statement


@lru_cache
def _nearest(*, graph: bool, member: bool, few: bool, dimensions: int, limit: int) -> "Select[*tuple[Any, ...]]":
    # The graphs are over the embedding cast to its dimensions: without the cast, none of them gives this order.
    embedding = cast(PassageVector.embedding, HALFVEC(dimensions)) if graph else PassageVector.embedding
    distance = _distance(embedding, dimensions)
    statement = (
        select(PassageVector.document_id, PassageVector.position, distance.label("distance"))
        .join(Document, and_(Document.tenant_id == PassageVector.tenant_id, Document.id == PassageVector.document_id))
        .where(
            one_of(PassageVector.knowledge_base_id, "bases"),
            PassageVector.model == bindparam("model"),
            # These numbers stand in the statement itself, or a prepared one could not tell that an index fits.
            PassageVector.dimensions == literal_column(str(dimensions)),
            readable(member=member),
        )
        .order_by(distance)
        .limit(literal_column(str(limit)))
    )
    return statement.where(one_of(PassageVector.document_id, "documents")) if few else statement


def _distance(embedding: Any, dimensions: int) -> ColumnElement[float]:
    vector = cast(bindparam("vector", type_=_Written(dimensions)), HALFVEC(dimensions))
    distance: ColumnElement[float] = embedding.op("<=>", return_type=Double())(vector)
    return distance
