"""The form of the port that needs nothing but PostgreSQL: the tables that ingestion writes are what is searched."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.index import vector_repository
from services.ai.index.nearest.port import Batches, NearestPassages
from services.ai.index.scope import Scope
from services.ai.index.search_repository import Survey
from services.ai.index.values import Place, QueryVector, Tuning

WITH_GRAPH = (384, 512, 1024)
"""Dimensions whose vectors have a graph: those of the migrations."""


class InPostgres:
    """There are no copies to keep: what is in the tables is found, and what is deleted there is not."""

    async def write(self, batches: Batches) -> None:
        del batches

    async def forget(self, tenant_id: UUID, document_id: UUID) -> None:
        del tenant_id, document_id

    async def drop(self, tenant_id: UUID, knowledge_base_id: UUID, *, besides: str) -> None:
        del tenant_id, knowledge_base_id, besides

    async def nearest(
        self,
        session: AsyncSession,
        scope: Scope,
        there: Survey,
        vector: QueryVector,
        tuning: Tuning,
        *,
        limit: int,
    ) -> Mapping[Place, float]:
        if not scope.few and uses_graph(there, vector.dimensions, tuning, limit=limit):
            return await vector_repository.nearest_by_graph(session, scope, vector, tuning, limit=limit)
        return await vector_repository.nearest(session, scope, vector, limit=limit)


IN_POSTGRES: NearestPassages = InPostgres()


def uses_graph(there: Survey, dimensions: int, tuning: Tuning, *, limit: int) -> bool:
    """Whether the graph finds the nearest sooner than comparing all: it also steps on passages of other tenants."""
    if there.passages <= tuning.exact_up_to or dimensions not in WITH_GRAPH:
        return False
    steps = max(tuning.ef_search, limit * there.neighbours / there.passages)
    return steps * tuning.step_us < there.passages * tuning.comparison_us
