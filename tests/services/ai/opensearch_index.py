"""An index of the fake of OpenSearch: what it takes, what a search finds in it, and what a query matches."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MOST_RESULTS = 10_000
MOST_TERMS = 65_536
MOST_ID_BYTES = 512
_INDEX_SETTINGS = {"knn", "number_of_shards", "number_of_replicas"}
_METHOD = {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"}
Matches = Callable[[Mapping[str, Any]], bool]


class Refusal(Exception):
    """OpenSearch says no; without a `kind` the answer is AWS's own."""

    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(f"{status} {kind}: {reason}")
        self.status, self.kind, self.reason = status, kind, reason

    def body(self) -> dict[str, Any]:
        if not self.kind:
            return {"message": self.reason}
        return {"error": {"type": self.kind, "reason": self.reason}, "status": self.status}


@dataclass(frozen=True)
class Written:
    """What stands under an id; `version` counts the writes there."""

    version: int
    source: dict[str, Any]


@dataclass
class Index:
    """Without `properties` it was made by a write, and takes anything."""

    properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    aliases: frozenset[str] = frozenset()
    written: dict[str, Written] = field(default_factory=dict)
    shown: dict[str, Written] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        """As `GET /<index>` tells."""
        properties = self.properties or {"vector": {"type": "float"}}
        return {"aliases": {alias: {} for alias in self.aliases}, "mappings": {"properties": properties}}

    def put(self, document_id: str, source: dict[str, Any]) -> bool:
        """Whether there was none. What is written is not shown yet."""
        if len(document_id.encode()) > MOST_ID_BYTES:
            raise Refusal(400, "illegal_argument_exception", "id is too long, must be no longer than 512 bytes")
        for name, value in source.items():
            self._check(name, value)
        before = self.written.get(document_id)
        self.written[document_id] = Written(before.version + 1 if before else 1, source)
        return before is None

    def refresh(self) -> None:
        self.shown = dict(self.written)

    def delete(self, matches: Matches) -> tuple[int, int]:
        """How many of those that are shown went, and how many were written anew since they were shown."""
        deleted = conflicts = 0
        for document_id, one in self.shown.items():
            if not matches(one.source):
                continue
            if self.written.get(document_id) == one:
                del self.written[document_id]
                deleted += 1
            else:
                conflicts += 1
        return deleted, conflicts

    def _check(self, name: str, value: Any) -> None:
        if not self.properties:
            return
        if name not in self.properties:
            reason = f"mapping set to strict, dynamic introduction of [{name}] within [_doc] is not allowed"
            raise Refusal(400, "strict_dynamic_mapping_exception", reason)
        kind = self.properties[name]["type"]
        fits = {
            "keyword": isinstance(value, str),
            "integer": isinstance(value, int) and -(2**31) <= value < 2**31,
            "knn_vector": kind == "knn_vector" and _is_vector(value, self.properties[name]["dimension"]),
        }[kind]
        if not fits:
            raise Refusal(400, "mapper_parsing_exception", f"failed to parse field [{name}] of type [{kind}]")


def new_index(name: str, body: Mapping[str, Any]) -> Index:
    """An index as the body of its creation has it."""
    if unknown := body.keys() - {"aliases", "settings", "mappings"}:
        raise Refusal(400, "parse_exception", f"unknown key {unknown} for create index")
    settings = body["settings"]["index"]
    if unknown := settings.keys() - _INDEX_SETTINGS:
        raise Refusal(400, "illegal_argument_exception", f"unknown setting {unknown}")
    mappings = body["mappings"]
    if mappings.keys() != {"dynamic", "properties"} or mappings["dynamic"] != "strict":
        raise Refusal(400, "mapper_parsing_exception", "Root mapping definition has unsupported parameters")
    for kind in mappings["properties"].values():
        if kind["type"] == "knn_vector":
            _check_vector_field(kind, knn=settings.get("knn") is True)
        elif kind.keys() != {"type"} or kind["type"] not in {"keyword", "integer"}:
            raise Refusal(400, "mapper_parsing_exception", f"No handler for type [{kind}]")
    if name in body["aliases"]:
        raise Refusal(400, "invalid_alias_name_exception", f"Invalid alias name [{name}]")
    return Index(properties=mappings["properties"], aliases=frozenset(body["aliases"]))


def _check_vector_field(kind: Mapping[str, Any], *, knn: bool) -> None:
    if not knn or kind.keys() != {"type", "dimension", "method"} or kind["method"] != _METHOD:
        raise Refusal(400, "mapper_parsing_exception", f"Failed to parse mapping: {kind}")
    if not 1 <= kind["dimension"] <= 16_000:
        raise Refusal(400, "mapper_parsing_exception", "Dimension value must be between 1 and 16000")


def nearest(indexes: Sequence[Index], body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The hits of a k-NN search, the best first."""
    name, query = _knn(body)
    matches = parsed_query(query["filter"]) if "filter" in query else lambda _: True
    hits = [hit for index in indexes for hit in _compared(index, name, query["vector"], matches, body["_source"])]
    hits.sort(key=lambda hit: hit["_score"], reverse=True)
    return hits[: min(query["k"], body["size"])]


def _compared(
    index: Index, name: str, vector: list[float], matches: Matches, wanted: Sequence[str]
) -> Iterator[dict[str, Any]]:
    properties = index.properties.get(name, {})
    if properties.get("type") != "knn_vector":
        raise Refusal(400, "illegal_argument_exception", f"Field '{name}' is not knn_vector type.")
    if not _is_vector(vector, properties["dimension"]):
        raise Refusal(400, "illegal_argument_exception", "Query vector has invalid dimension")
    asked = np.asarray(vector, dtype=np.float64)
    for document_id, one in index.shown.items():
        if matches(one.source):
            other = np.asarray(one.source[name], dtype=np.float64)
            cosine = float(asked @ other / np.linalg.norm(asked) / np.linalg.norm(other))
            source = {key: one.source[key] for key in wanted}
            yield {"_id": document_id, "_score": (1 + cosine) / 2, "_source": source}


def _knn(body: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The field of a k-NN query, and what is asked of it."""
    if body.keys() != {"size", "_source", "query"} or body["query"].keys() != {"knn"}:
        raise Refusal(400, "parsing_exception", f"Unknown key in {list(body)}")
    if not 0 <= body["size"] <= MOST_RESULTS:
        raise Refusal(400, "illegal_argument_exception", "Result window is too large")
    [(name, query)] = body["query"]["knn"].items()
    if unknown := query.keys() - {"vector", "k", "filter"}:
        raise Refusal(400, "parsing_exception", f"[knn] unknown token {unknown}")
    if "k" not in query:
        raise Refusal(400, "illegal_argument_exception", "[knn] requires exactly one of k, distance or score to be set")
    if not 0 < query["k"] <= MOST_RESULTS:
        raise Refusal(400, "illegal_argument_exception", "[knn] requires k to be in the range (0, 10000]")
    return name, query


def parsed_query(query: Mapping[str, Any]) -> Matches:
    """What a query of the kinds `bool`, `term` and `terms` matches."""
    if len(query) != 1:
        raise Refusal(400, "parsing_exception", "[bool] malformed query, expected [END_OBJECT]")
    [(kind, given)] = query.items()
    if kind == "bool" and given.keys() <= {"filter", "must_not"}:
        wanted = [parsed_query(one) for one in given.get("filter", ())]
        unwanted = [parsed_query(one) for one in given.get("must_not", ())]
        return lambda source: all(one(source) for one in wanted) and not any(one(source) for one in unwanted)
    if kind not in {"term", "terms"} or len(given) != 1:
        raise Refusal(400, "parsing_exception", f"unknown query [{kind}]")
    [(name, value)] = given.items()
    values = value if kind == "terms" else [value]
    if not isinstance(values, list) or len(values) > MOST_TERMS or any(isinstance(one, list | dict) for one in values):
        raise Refusal(400, "parsing_exception", f"[{kind}] query does not support this value")
    return lambda source: source.get(name) in values


def _is_vector(value: Any, dimension: int) -> bool:
    """One of zeros has no direction, which `cosinesimil` refuses."""
    return (
        isinstance(value, list)
        and len(value) == dimension
        and all(isinstance(one, int | float) for one in value)
        and any(value)
    )
