"""The fake of OpenSearch refuses what OpenSearch refuses, and shows what was written only when it is told to."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.ai.index.nearest.opensearch_api import index_body
from tests.services.ai.opensearch import PASSWORD, USER, OpenSearch

ACTION: dict[str, Any] = {"index": {"_index": "vectors-2", "_id": "one"}}
SOURCE: dict[str, Any] = {
    "tenant_id": "t",
    "knowledge_base_id": "b",
    "document_id": "d",
    "position": 0,
    "model": "m",
    "vector": [0.6, 0.8],
}
FILTER = {"bool": {"filter": [{"term": {"tenant_id": "t"}}]}}
QUERY: dict[str, Any] = {"vector": [1, 0], "k": 5, "filter": FILTER}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=OpenSearch())
    async with httpx.AsyncClient(transport=transport, base_url="http://search", auth=(USER, PASSWORD)) as client:
        made = await client.put("/vectors-2", json=index_body("vectors", 2, shards=1, replicas=0))
        assert made.status_code == 200, made.text
        yield client


async def bulk(client: httpx.AsyncClient, *lines: dict[str, Any], end: str = "\n") -> httpx.Response:
    content = "\n".join(json.dumps(line) for line in lines) + end
    return await client.post("/_bulk", content=content, headers={"Content-Type": "application/x-ndjson"})


async def search(client: httpx.AsyncClient, query: dict[str, Any], *, size: int = 5) -> httpx.Response:
    body = {"size": size, "_source": ["document_id"], "query": {"knn": {"vector": query}}}
    return await client.post("/vectors-2/_search", json=body)


async def test_what_was_written_is_found_after_a_refresh_with_its_score(client: httpx.AsyncClient) -> None:
    written = await bulk(client, ACTION, SOURCE)
    assert (written.json()["errors"], written.json()["items"][0]["index"]["status"]) == (False, 201)
    assert (await search(client, QUERY)).json()["hits"]["hits"] == []

    await client.post("/vectors/_refresh")

    [hit] = (await search(client, QUERY)).json()["hits"]["hits"]
    assert (hit["_id"], hit["_source"], hit["_score"]) == ("one", {"document_id": "d"}, pytest.approx(0.8))


async def test_a_query_deletes_what_is_shown_and_tells_of_what_changed_since(client: httpx.AsyncClient) -> None:
    deleting = "/vectors/_delete_by_query?conflicts=proceed&refresh=true"
    await bulk(client, ACTION, SOURCE)
    assert (await client.post(deleting, json={"query": FILTER})).json()["total"] == 0
    await client.post("/vectors/_refresh")
    await bulk(client, ACTION, SOURCE)

    done = (await client.post(deleting, json={"query": FILTER})).json()

    assert (done["deleted"], done["version_conflicts"]) == (0, 1)
    assert (await client.post(deleting, json={"query": FILTER})).json()["deleted"] == 1


@pytest.mark.parametrize(
    "changed",
    [{"unknown": 1}, {"vector": [1]}, {"vector": [0, 0]}, {"vector": "text"}, {"position": "0"}, {"tenant_id": 1}],
)
async def test_a_document_that_does_not_fit_the_mapping_is_refused_alone(
    client: httpx.AsyncClient, changed: dict[str, Any]
) -> None:
    other = {"index": {"_index": "vectors-2", "_id": "two"}}
    answer = (await bulk(client, ACTION, SOURCE | changed, other, SOURCE)).json()
    assert answer["errors"]
    assert [one["index"]["status"] for one in answer["items"]] == [400, 201]


async def test_a_malformed_bulk_write_is_refused_whole(client: httpx.AsyncClient) -> None:
    for answer in (
        await bulk(client, ACTION, SOURCE, end=""),
        await bulk(client, ACTION),
        await bulk(client, {"update": {"_id": "one"}}, SOURCE),
        await client.post("/_bulk", content="no JSON\n", headers={"Content-Type": "application/x-ndjson"}),
    ):
        assert answer.status_code == 400
    assert (await client.post("/_bulk", json={})).status_code == 406


@pytest.mark.parametrize(
    "query",
    [
        {"vector": [1, 0]},
        {"vector": [1, 0], "k": 0},
        {"vector": [1, 0], "k": 10_001},
        {"vector": [1, 0, 0], "k": 5},
        {"vector": [1, 0], "k": 5, "filters": FILTER},
        {"vector": [1, 0], "k": 5, "filter": {"match": {"tenant_id": "t"}}},
    ],
)
async def test_a_search_that_is_no_knn_query_is_refused(client: httpx.AsyncClient, query: dict[str, Any]) -> None:
    assert (await search(client, query)).status_code == 400


async def test_more_results_than_its_window_are_refused(client: httpx.AsyncClient) -> None:
    assert (await search(client, QUERY, size=10_001)).status_code == 400


async def test_an_index_that_is_not_there_is_404_and_one_that_is_cannot_be_made(client: httpx.AsyncClient) -> None:
    for method, path in (("GET", "/other"), ("POST", "/other/_refresh")):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["error"]["type"]) == (404, "index_not_found_exception")
    again = await client.put("/vectors-2", json=index_body("vectors", 2, shards=1, replicas=0))
    assert (again.status_code, again.json()["error"]["type"]) == (400, "resource_already_exists_exception")


async def test_an_index_that_a_write_makes_knows_no_vectors(client: httpx.AsyncClient) -> None:
    await bulk(client, {"index": {"_index": "by-itself", "_id": "one"}}, SOURCE)
    body = {"size": 1, "_source": [], "query": {"knn": {"vector": {"vector": [1, 0], "k": 1}}}}
    assert (await client.post("/by-itself/_search", json=body)).status_code == 400
    described = (await client.get("/by-itself")).json()["by-itself"]
    assert (described["aliases"], described["mappings"]["properties"]["vector"]["type"]) == ({}, "float")


async def test_nobody_is_served_without_a_proof(client: httpx.AsyncClient) -> None:
    for auth in (None, (USER, "wrong")):
        assert (await client.get("/vectors-2", auth=auth)).status_code == 403
