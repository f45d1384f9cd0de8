"""What is said to OpenSearch, and what is read of its answers.

Sources, all below https://docs.opensearch.org/latest/: `field-types/supported-field-types/knn-vector`,
`vector-search/filter-search-knn/efficient-knn-filtering`, `api-reference/document-apis/bulk` and `…/delete-by-query`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field

from services.ai.index.nearest.opensearch_http import BUSY, dumped
from services.ai.index.nearest.port import StoredVector
from services.ai.index.values import QueryVector

FIELDS: Mapping[str, Mapping[str, str]] = {
    "tenant_id": {"type": "keyword"},
    "knowledge_base_id": {"type": "keyword"},
    "document_id": {"type": "keyword"},
    "position": {"type": "integer"},
    "model": {"type": "keyword"},
}
VECTOR = "vector"


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Error(_Answer):
    type: str = ""
    reason: str | None = None


class _Item(_Answer):
    id: str = Field(alias="_id")
    status: int
    error: _Error | None = None


class BulkAnswer(_Answer):
    """Of `_bulk`: one item for each line, in their order."""

    items: list[dict[str, _Item]]

    def failed(self) -> list[tuple[int, _Item]]:
        """The numbers of lines that were not written, with what is said of them."""
        items = [next(iter(one.values())) for one in self.items]
        return [(number, item) for number, item in enumerate(items) if item.status >= 300]


class DeletedAnswer(_Answer):
    """Of `_delete_by_query`."""

    timed_out: bool
    version_conflicts: int
    failures: list[Any]

    @property
    def whole(self) -> bool:
        """False where something is left that must go, too."""
        return not (self.timed_out or self.version_conflicts or self.failures)


class _Shards(_Answer):
    failed: int


class _Source(_Answer):
    document_id: UUID
    position: int


class _Hit(_Answer):
    source: _Source = Field(alias="_source")


class _Hits(_Answer):
    hits: list[_Hit]


class FoundAnswer(_Answer):
    """Of `_search`."""

    timed_out: bool
    shards: _Shards = Field(alias="_shards")
    hits: _Hits

    @property
    def whole(self) -> bool:
        """False where parts of the index were not looked at."""
        return not (self.timed_out or self.shards.failed)


class _VectorField(_Answer):
    type: str = ""
    dimension: int = 0


class _Mappings(_Answer):
    properties: dict[str, _VectorField] = {}


class IndexAnswer(_Answer):
    """Of one index, as `GET /<index>` tells it."""

    aliases: dict[str, Any] = {}
    mappings: _Mappings = _Mappings()

    def holds(self, dimensions: int, *, alias: str) -> bool:
        """Whether it is as `index_body` has it: one that OpenSearch made by itself, at a first write, is not."""
        field = self.mappings.properties.get(VECTOR, _VectorField())
        return alias in self.aliases and (field.type, field.dimension) == ("knn_vector", dimensions)


def index_name(prefix: str, model: str, dimensions: int) -> str:
    """Of the index for a model's vectors: names take small letters, digits and dashes."""
    return f"{prefix}-{re.sub(r'[^a-z0-9]+', '-', model.lower())}-{dimensions}"


def index_body(alias: str, dimensions: int, *, shards: int, replicas: int) -> dict[str, Any]:
    """An index of vectors. Lucene's engine applies a filter while it searches, so that it finds `k` where there are."""
    method = {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"}
    return {
        "aliases": {alias: {}},
        "settings": {"index": {"knn": True, "number_of_shards": shards, "number_of_replicas": replicas}},
        "mappings": {
            "dynamic": "strict",
            "properties": {**FIELDS, VECTOR: {"type": "knn_vector", "dimension": dimensions, "method": method}},
        },
    }


def bulk_lines(prefix: str, vectors: Iterable[StoredVector]) -> bytes:
    """Each vector under an id of its place, so that whatever is written anew there takes its place."""
    lines: list[bytes] = []
    for one in vectors:
        name = index_name(prefix, one.model, one.dimensions)
        document_id = f"{one.tenant_id}:{one.document_id}:{one.position}:{one.model}"
        lines.append(dumped({"index": {"_index": name, "_id": document_id}}))
        lines.append(
            dumped(
                {
                    "tenant_id": one.tenant_id,
                    "knowledge_base_id": one.knowledge_base_id,
                    "document_id": one.document_id,
                    "position": one.position,
                    "model": one.model,
                    VECTOR: orjson.Fragment(one.written),
                }
            )
        )
    return b"\n".join(lines) + b"\n"


def is_busy(status: int) -> bool:
    """Whether a line of a bulk write may be sent again."""
    return status in BUSY or status >= 500


def search_body(
    vector: QueryVector,
    *,
    tenant_ids: Sequence[UUID],
    knowledge_base_ids: Sequence[UUID],
    document_ids: Sequence[UUID] | None,
    k: int,
) -> dict[str, Any]:
    """The `k` nearest among the vectors of some knowledge bases, or of some of their documents."""
    wanted: list[dict[str, Any]] = [
        {"terms": {"tenant_id": list(tenant_ids)}},
        {"terms": {"knowledge_base_id": list(knowledge_base_ids)}},
        {"term": {"model": vector.model}},
    ]
    if document_ids is not None:
        wanted.append({"terms": {"document_id": list(document_ids)}})
    nearest = {"vector": vector.values.tolist(), "k": k, "filter": {"bool": {"filter": wanted}}}
    return {"size": k, "_source": ["document_id", "position"], "query": {"knn": {VECTOR: nearest}}}


def of_document(tenant_id: UUID, document_id: UUID) -> dict[str, Any]:
    """A query for all vectors of a document."""
    wanted = [{"term": {"tenant_id": tenant_id}}, {"term": {"document_id": document_id}}]
    return {"query": {"bool": {"filter": wanted}}}


def of_other_models(tenant_id: UUID, knowledge_base_id: UUID, model: str) -> dict[str, Any]:
    """A query for the vectors of a knowledge base that are not of `model`."""
    wanted = [{"term": {"tenant_id": tenant_id}}, {"term": {"knowledge_base_id": knowledge_base_id}}]
    return {"query": {"bool": {"filter": wanted, "must_not": [{"term": {"model": model}}]}}}
