"""The form of the port that asks OpenSearch: how it fails, how it mends, and what it leaves behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import delete

from libs.adapters.aws_settings import AwsSettings
from libs.common.database import Database
from services.ai.index.models import LexicalEntry, Passage, PassageVector
from services.ai.index.nearest import OpenSearchVectorsSettings, VectorsFailed, VectorsUnavailable
from services.ai.index.nearest.opensearch import open_opensearch
from services.ai.index.projecting import project_all
from services.ai.index.values import Tuning
from tests.services.ai.index.copies import CopiedLibrary
from tests.services.ai.index.library import MODEL, Library
from tests.services.ai.opensearch import ACCESS_KEY, PASSWORD, PREFIX, REGION, USER, OpenSearch
from tests.services.ai.opensearch_index import Index
from tests.support.databases import migrated_database
from tests.support.eventually import eventually
from tests.support.servers import PostgresServer

BREAD, CAKE = "A loaf of rye bread costs four euros.", "Wedding cakes need two weeks."
INDEX = f"{PREFIX}-{MODEL}-384"


@pytest.fixture
async def library(index_database: Database, opensearch: OpenSearch) -> AsyncIterator[CopiedLibrary]:
    async with opened(index_database, opensearch) as library:
        yield library


@asynccontextmanager
async def opened(database: Database, opensearch: OpenSearch, **fields: Any) -> AsyncIterator[CopiedLibrary]:
    """A library on the opensearch, by settings with `fields`."""
    async with open_opensearch(opensearch.settings(**fields)) as nearest:
        yield await CopiedLibrary(database, nearest=nearest).opened()


def searches(opensearch: OpenSearch) -> int:
    return opensearch.asked.count(f"POST /{INDEX}/_search")


async def test_an_index_is_made_once_for_a_model(library: CopiedLibrary, opensearch: OpenSearch) -> None:
    await library.ready(BREAD)
    await library.ready(CAKE)

    assert opensearch.asked.count(f"PUT /{INDEX}") == 1
    assert list(opensearch.indexes) == [INDEX]
    [bread, _] = opensearch.stored()
    assert bread.keys() == {"tenant_id", "knowledge_base_id", "document_id", "position", "model", "vector"}


async def test_an_index_that_another_process_makes_at_the_same_moment_is_taken(
    library: CopiedLibrary, index_database: Database, opensearch: OpenSearch
) -> None:
    async with opened(index_database, opensearch) as other:
        one, two = await library.add(BREAD), await other.add(CAKE)
        await asyncio.gather(library.publish(one), other.publish(two))
        assert (await library.near(BREAD), await other.near(CAKE)) == ([BREAD], [CAKE])


async def test_an_index_that_was_made_by_a_write_is_not_used(library: CopiedLibrary, opensearch: OpenSearch) -> None:
    opensearch.indexes[INDEX] = Index()
    with pytest.raises(VectorsFailed):
        await library.ready(BREAD)


async def test_vectors_that_were_never_copied_are_a_failure_and_no_empty_answer(library: CopiedLibrary) -> None:
    await Library.publish(library, await library.add(BREAD))
    with pytest.raises(VectorsFailed):
        await library.near(BREAD)


async def test_what_postgresql_does_not_have_is_not_found(library: CopiedLibrary, opensearch: OpenSearch) -> None:
    document = await library.ready(BREAD, CAKE)
    async with library.database.tenant_session(library.tenant_id) as session:
        for table in (PassageVector, Passage):
            await session.execute(delete(table).where(table.document_id == document.id, table.position == 0))

    assert len(opensearch.stored()) == 2
    assert await library.near(BREAD) == [CAKE]


async def test_it_asks_for_more_until_enough_is_readable_and_no_further(
    library: CopiedLibrary, opensearch: OpenSearch
) -> None:
    await library.ready(*([BREAD] * 150), audience="restricted")
    await library.ready(CAKE)
    narrow = Tuning(candidates=1)

    assert await library.near(BREAD, tuning=narrow, limit=1) == [CAKE]
    assert searches(opensearch) == 2
    assert await library.near(BREAD, tuning=replace(narrow, exact_up_to=0), limit=1) == [CAKE]
    assert searches(opensearch) == 3, "of few documents, only those are asked for"


async def test_who_may_read_nothing_is_not_asked_for(library: CopiedLibrary, opensearch: OpenSearch) -> None:
    await library.ready(BREAD, audience="restricted")
    assert await library.near(BREAD, tuning=Tuning(exact_up_to=0)) == []
    assert searches(opensearch) == 0


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_search_is_tried_again(library: CopiedLibrary, opensearch: OpenSearch, status: int) -> None:
    await library.ready(BREAD)
    opensearch.will_fail(status)
    assert await library.near(BREAD) == [BREAD]


async def test_a_search_that_cannot_be_answered_fails_and_says_so(
    library: CopiedLibrary, opensearch: OpenSearch
) -> None:
    await library.ready(BREAD)
    opensearch.will_fail(503, times=2)
    with pytest.raises(VectorsUnavailable) as error:
        await library.search("bread", meaning=BREAD)
    assert (error.value.status, error.value.code, error.value.retryable) == (503, "vectors_unavailable", True)
    assert await library.near(BREAD) == [BREAD]


@pytest.mark.parametrize("how", [OpenSearch.will_hang, OpenSearch.will_trickle], ids=["silent", "trickling"])
async def test_an_answer_that_does_not_end_is_not_waited_for(
    index_database: Database, opensearch: OpenSearch, how: Callable[..., None]
) -> None:
    async with opened(index_database, opensearch, query_timeout=0.2) as library:
        await library.ready(BREAD)
        how(opensearch, times=2)
        with pytest.raises(VectorsUnavailable):
            await library.near(BREAD)
        await eventually(lambda: opensearch.left == 2)


async def test_a_part_of_the_index_is_no_answer(library: CopiedLibrary, opensearch: OpenSearch) -> None:
    await library.ready(BREAD)
    opensearch.will_lose_shards()
    assert await library.near(BREAD) == [BREAD]
    opensearch.will_lose_shards(times=2)
    with pytest.raises(VectorsUnavailable):
        await library.near(BREAD)


async def test_after_repeated_failures_it_is_left_alone(library: CopiedLibrary, opensearch: OpenSearch) -> None:
    await library.ready(BREAD)
    opensearch.will_fail(503, times=10)
    for _ in range(5):
        with pytest.raises(VectorsUnavailable):
            await library.near(BREAD)
    asked = searches(opensearch)
    with pytest.raises(VectorsUnavailable) as error:
        await library.near(BREAD)
    assert searches(opensearch) == asked
    assert int(error.value.headers["Retry-After"]) > 0


async def test_of_a_write_only_what_was_not_taken_is_sent_again(library: CopiedLibrary, opensearch: OpenSearch) -> None:
    opensearch.will_reject(2)
    opensearch.will_reject(1, status=503)
    await library.ready(BREAD, CAKE, "three")

    assert opensearch.asked.count("POST /_bulk") == 3
    versions = [one.version for one in opensearch.indexes[INDEX].written.values()]
    assert versions == [1, 1, 1]
    assert len(await library.near(BREAD)) == 3


async def test_a_write_that_is_never_taken_fails(library: CopiedLibrary, opensearch: OpenSearch) -> None:
    for _ in range(3):
        opensearch.will_reject(1)
    with pytest.raises(VectorsUnavailable):
        await library.ready(BREAD, CAKE)
    assert await library.rows(LexicalEntry) == [], "the document was not published"


async def test_a_vector_that_is_refused_is_not_sent_again(library: CopiedLibrary, opensearch: OpenSearch) -> None:
    opensearch.will_reject(1, status=400)
    with pytest.raises(VectorsFailed):
        await library.ready(BREAD, CAKE)
    assert opensearch.asked.count("POST /_bulk") == 1


async def test_a_deletion_also_takes_what_is_not_shown_yet(library: CopiedLibrary, opensearch: OpenSearch) -> None:
    document = await library.add(BREAD)

    async def break_down() -> None:
        opensearch.will_fail(503, times=3)

    opensearch.before_write = break_down
    with pytest.raises(VectorsUnavailable):
        await library.publish(document)
    assert len(opensearch.stored()) == 1

    await library.forget(document)

    assert opensearch.stored() == []


async def test_a_document_that_is_deleted_while_it_is_copied_leaves_nothing(
    library: CopiedLibrary, opensearch: OpenSearch
) -> None:
    document = await library.add(BREAD)
    opensearch.before_write = lambda: library.forget(document)

    await library.copy(document)

    assert opensearch.stored() == []


async def test_where_nothing_was_ever_written_a_deletion_has_nothing_to_do(library: CopiedLibrary) -> None:
    await library.nearest.forget(library.tenant_id, library.base_id)
    await library.nearest.drop(library.tenant_id, library.base_id, besides=MODEL)


async def test_a_password_proves_as_a_signature_does(index_database: Database, opensearch: OpenSearch) -> None:
    fields = {"service": "none", "user": USER, "password": SecretStr(PASSWORD)}
    async with opened(index_database, opensearch, **fields) as library:
        await library.ready(BREAD)
        assert await library.near(BREAD) == [BREAD]


@pytest.mark.parametrize(
    "fields",
    [
        {"service": "none"},
        {"service": "none", "user": USER, "password": SecretStr("wrong")},
        {"aws": AwsSettings(region=REGION, access_key_id=SecretStr(ACCESS_KEY), secret_access_key=SecretStr("no"))},
        {"aws": AwsSettings(access_key_id=SecretStr(ACCESS_KEY), secret_access_key=SecretStr("no"))},
    ],
    ids=["nothing", "a wrong password", "a wrong key", "another region"],
)
async def test_without_a_proof_nothing_is_written(
    index_database: Database, opensearch: OpenSearch, fields: dict[str, Any]
) -> None:
    async with opened(index_database, opensearch, **fields) as library:
        with pytest.raises(VectorsFailed):
            await library.ready(BREAD)
    assert opensearch.indexes == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "search.example.com"},
        {"url": "https://search.example.com/"},
        {"prefix": "Upper"},
        {"service": "aoss"},
        {"user": "someone"},
        {"service": "none", "password": "alone"},
        {"service": "es", "user": "someone", "password": "secret"},
    ],
)
def test_settings_that_cannot_work_are_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        OpenSearchVectorsSettings(**{"url": "https://search.example.com", **fields})


async def test_an_index_can_be_filled_with_the_vectors_of_all_businesses(
    postgres: PostgresServer, opensearch: OpenSearch
) -> None:
    database = (await migrated_database(postgres, "ai", part="_vectors")).open()
    try:
        before = [await Library(database).opened() for _ in range(3)]
        for library in before:
            await library.ready(BREAD, CAKE)
        async with open_opensearch(opensearch.settings()) as nearest:
            copied: list[int] = []
            await project_all(database, nearest, progress=copied.append)
            await project_all(database, nearest)
            moved = CopiedLibrary(database, before[1].tenant_id, before[1].base_id, nearest)
            assert await moved.near(CAKE) == [CAKE, BREAD]
        assert (sum(copied), len(opensearch.stored())) == (6, 6)
    finally:
        await database.aclose()
