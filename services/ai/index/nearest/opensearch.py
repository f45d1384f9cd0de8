"""The form of the port that asks OpenSearch for the nearest, and PostgreSQL which of them the asker may read.

An index for each model and its dimensions holds a copy of each vector; an alias, the prefix, names them all. The cosine
is PostgreSQL's own, by the vector that it has: how a version of OpenSearch scores, or what an outdated copy says, does
not matter.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import structlog
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.index import vector_repository
from services.ai.index.nearest.opensearch_api import (
    BulkAnswer,
    DeletedAnswer,
    FoundAnswer,
    IndexAnswer,
    bulk_lines,
    index_body,
    index_name,
    is_busy,
    of_document,
    of_other_models,
    search_body,
)
from services.ai.index.nearest.opensearch_http import QUERY_TRIES, Busy, OpenSearchHttp, Refused, open_http
from services.ai.index.nearest.port import Batches, StoredVector, VectorsFailed
from services.ai.index.nearest.settings import OpenSearchVectorsSettings
from services.ai.index.scope import Scope
from services.ai.index.search_repository import Survey
from services.ai.index.values import Place, QueryVector, Tuning

OVERSAMPLED = 2
"""So many times what is wanted is asked for at first: `k` is also how far Lucene's graph is searched."""
MORE = 4
MOST = 10_000
"""What OpenSearch returns at the most (`index.max_result_window`)."""
_INDEXES = TypeAdapter(dict[str, IndexAnswer])
logger = structlog.get_logger()


class InOpenSearch:
    """Copies of vectors in OpenSearch."""

    def __init__(self, http: OpenSearchHttp, settings: OpenSearchVectorsSettings) -> None:
        self._http = http
        self._settings = settings
        self._there: set[str] = set()

    async def write(self, batches: Batches) -> None:
        wrote = False
        async for some in batches:
            for model, dimensions in {(one.model, one.dimensions) for one in some}:
                await self._ensure_index(model, dimensions)
            await self._write(some)
            wrote = True
        if wrote:
            await self._http.repeated(self._refresh)

    async def forget(self, tenant_id: UUID, document_id: UUID) -> None:
        await self._delete(of_document(tenant_id, document_id))

    async def drop(self, tenant_id: UUID, knowledge_base_id: UUID, *, besides: str) -> None:
        await self._delete(of_other_models(tenant_id, knowledge_base_id, besides))

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
        if scope.documents is not None and not scope.documents:
            return {}
        asked = max(OVERSAMPLED * limit, tuning.ef_search)
        while True:
            asked = min(asked, MOST)
            places = await self._candidates(scope, there, vector, k=asked)
            found = await vector_repository.confirmed(session, scope, vector, places, limit=limit)
            if len(found) >= limit or len(places) < asked or asked == MOST:
                return found
            asked *= MORE  # others' documents were nearer: what is the asker's may come after them

    async def _candidates(self, scope: Scope, there: Survey, vector: QueryVector, *, k: int) -> Sequence[Place]:
        name = index_name(self._settings.prefix, vector.model, vector.dimensions)
        body = search_body(
            vector,
            tenant_ids=there.tenants,
            knowledge_base_ids=scope.bases,
            document_ids=None if scope.documents is None else list(scope.documents),
            k=k,
        )

        async def search() -> FoundAnswer:
            answer = FoundAnswer.model_validate_json(
                await self._http.send("POST", f"/{name}/_search", body=body, timeout=self._settings.query_timeout)
            )
            if not answer.whole:
                raise Busy("parts of the index did not answer")
            return answer

        found = await self._http.repeated(search, tries=QUERY_TRIES)
        return [Place(hit.source.document_id, hit.source.position) for hit in found.hits.hits]

    async def _write(self, some: Sequence[StoredVector]) -> None:
        left = list(some)

        async def send() -> None:
            lines = bulk_lines(self._settings.prefix, left)
            answer = BulkAnswer.model_validate_json(
                await self._http.send("POST", "/_bulk", lines=lines, timeout=self._settings.write_timeout)
            )
            failed = answer.failed()
            for _, item in failed:
                if not is_busy(item.status):
                    error = item.error
                    raise Refused(item.status, error.type if error else "", (error.reason if error else None) or "")
            left[:] = [left[number] for number, _ in failed]
            if left:
                raise Busy(f"{len(left)} vectors were not taken")

        await self._http.repeated(send)

    async def _delete(self, query: Mapping[str, Any]) -> None:
        async def delete() -> None:
            # What was written and is not shown yet, no query finds.
            if not await self._refresh():
                return
            path = f"/{self._settings.prefix}/_delete_by_query?conflicts=proceed&refresh=true"
            answer = DeletedAnswer.model_validate_json(
                await self._http.send("POST", path, body=query, timeout=self._settings.write_timeout)
            )
            if not answer.whole:
                raise Busy("not everything was deleted")

        await self._http.repeated(delete)

    async def _refresh(self) -> bool:
        """Shows to searches what was written; False where there is no index yet."""
        path = f"/{self._settings.prefix}/_refresh"
        try:
            await self._http.send("POST", path, timeout=self._settings.write_timeout)
        except Refused as error:
            if error.status == 404:
                return False
            raise
        return True

    async def _ensure_index(self, model: str, dimensions: int) -> None:
        """Once per process: an index that OpenSearch makes by itself, at a first write, would know no vectors."""
        name = index_name(self._settings.prefix, model, dimensions)
        if name in self._there:
            return
        found = await self._http.repeated(lambda: self._index(name))
        if found is None:
            await self._http.repeated(lambda: self._create(name, dimensions))
        elif not found.holds(dimensions, alias=self._settings.prefix):
            raise VectorsFailed(f"The index {name} was not made by this service. Delete it, and fill it anew.")
        self._there.add(name)

    async def _index(self, name: str) -> IndexAnswer | None:
        try:
            content = await self._http.send("GET", f"/{name}", timeout=self._settings.write_timeout)
        except Refused as error:
            if error.status == 404:
                return None
            raise
        return _INDEXES.validate_json(content).get(name, IndexAnswer())

    async def _create(self, name: str, dimensions: int) -> None:
        settings = self._settings
        body = index_body(settings.prefix, dimensions, shards=settings.shards, replicas=settings.replicas)
        try:
            await self._http.send("PUT", f"/{name}", body=body, timeout=settings.write_timeout)
        except Refused as error:
            if error.kind != "resource_already_exists_exception":  # another process was sooner
                raise
        else:
            logger.info("vectors.index_made", index=name, dimensions=dimensions)


@asynccontextmanager
async def open_opensearch(settings: OpenSearchVectorsSettings) -> AsyncIterator[InOpenSearch]:
    """With connections that live as long as the process."""
    async with open_http(settings) as http:
        yield InOpenSearch(http, settings)
