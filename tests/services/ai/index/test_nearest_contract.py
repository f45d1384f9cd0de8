"""What every form of the port of nearest passages keeps: who finds what by its meaning."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import update

from libs.common.database import Database
from libs.common.ids import new_id
from services.ai.documents.access import VISITOR, Asker, Company
from services.ai.documents.models import Document
from services.ai.index import writing
from services.ai.index.nearest import IN_POSTGRES, NearestPassages
from services.ai.index.nearest.opensearch import open_opensearch
from services.ai.index.projecting import project_base
from services.ai.index.values import Tuning
from tests.services.ai.index.copies import CopiedLibrary
from tests.services.ai.index.library import MEMBER, MODEL, vector_of
from tests.services.ai.opensearch import OpenSearch, fake_opensearch

BREAD, CAKE, BIKE = "A loaf of rye bread costs four euros.", "Wedding cakes need two weeks.", "Bicycles cost 14 euros."
OWNER = Asker(user_id=new_id(), role="owner")
NARROW = Tuning(candidates=1)
FOR_FEW = Tuning(exact_up_to=0)
"""Every knowledge base is large, and every asker may read few of its documents."""
FOR_MANY = Tuning(exact_up_to=0, few_documents=0, comparison_us=1e9)
"""Every knowledge base is large, and every asker may read most of it."""


@pytest.fixture(scope="module")
async def fake() -> AsyncIterator[OpenSearch]:
    async with fake_opensearch() as fake:
        yield fake


@pytest.fixture(scope="module", params=["postgres", "opensearch"])
async def nearest(request: pytest.FixtureRequest, fake: OpenSearch) -> AsyncIterator[NearestPassages]:
    if request.param == "postgres":
        yield IN_POSTGRES
        return
    async with open_opensearch(fake.settings()) as opened:
        yield opened
    assert [one for one in fake.refused if not one.startswith("404 index_not_found_exception")] == []


@pytest.fixture
async def library(index_database: Database, nearest: NearestPassages) -> CopiedLibrary:
    return await CopiedLibrary(index_database, nearest=nearest).opened()


@pytest.fixture
async def neighbour(index_database: Database, nearest: NearestPassages) -> CopiedLibrary:
    return await CopiedLibrary(index_database, nearest=nearest).opened()


@pytest.mark.parametrize("tuning", [Tuning(), FOR_FEW, FOR_MANY], ids=["small", "of few", "of many"])
async def test_the_nearest_are_found_with_their_cosine(library: CopiedLibrary, tuning: Tuning) -> None:
    await library.ready(BREAD, CAKE)
    await library.ready(BIKE)

    found = await library.search("", meaning=CAKE, tuning=tuning)

    assert found[0].text == CAKE
    assert {one.text: one.vector_similarity for one in found} == {
        text: pytest.approx(float(vector_of(text) @ vector_of(CAKE)), abs=0.01) for text in (BREAD, CAKE, BIKE)
    }
    assert len(await library.search("", meaning=CAKE, tuning=replace(tuning, candidates=1), limit=1)) == 1


async def test_nobody_finds_what_is_another_businesss(library: CopiedLibrary, neighbour: CopiedLibrary) -> None:
    await library.ready(BREAD)
    await neighbour.ready(BREAD, CAKE)

    assert await library.near(CAKE) == [BREAD]
    assert await library.near(CAKE, bases=[neighbour.base_id]) == []
    assert await library.near(CAKE, bases=[neighbour.base_id, library.base_id]) == [BREAD]


async def test_only_the_given_knowledge_bases_are_searched(library: CopiedLibrary) -> None:
    other = await library.new_base(new_id())
    await library.ready(BREAD)
    await library.ready(CAKE, knowledge_base_id=other)

    assert await library.near(CAKE) == [BREAD]
    assert await library.near(CAKE, bases=[other]) == [CAKE]


@pytest.mark.parametrize(
    ("access", "asker", "finds"),
    [
        ({"audience": "everyone"}, VISITOR, True),
        ({"audience": "members"}, VISITOR, False),
        ({"audience": "members"}, MEMBER, True),
        ({"audience": "restricted"}, MEMBER, False),
        ({"audience": "restricted", "readers": [{"role": "member"}]}, MEMBER, True),
        ({"audience": "restricted", "readers": [{"role": "member"}]}, OWNER, False),
        ({"audience": "restricted", "readers": [{"user_id": MEMBER.user_id}]}, MEMBER, True),
        ({"audience": "restricted", "readers": [{"user_id": MEMBER.user_id}]}, VISITOR, False),
        (
            {"audience": "restricted", "readers": [{"role": "member"}]},
            replace(MEMBER, company=Company([OWNER.user_id], [OWNER.role])),
            False,
        ),
        (
            {"audience": "restricted", "readers": [{"role": "member"}, {"user_id": OWNER.user_id}]},
            replace(MEMBER, company=Company([OWNER.user_id], [OWNER.role])),
            True,
        ),
    ],
)
@pytest.mark.parametrize("tuning", [Tuning(), FOR_FEW], ids=["small", "of few"])
async def test_a_document_is_found_by_who_may_read_it(
    library: CopiedLibrary, access: dict[str, Any], asker: Asker, finds: bool, tuning: Tuning
) -> None:
    await library.ready(BREAD, **access)
    assert await library.near(BREAD, asker=asker, tuning=tuning) == [BREAD] * finds


async def test_a_change_of_rights_holds_for_the_next_search(library: CopiedLibrary) -> None:
    document = await library.ready(BREAD)
    async with library.database.tenant_session(library.tenant_id) as session:
        await session.execute(update(Document).where(Document.id == document.id).values(audience="restricted"))
    assert await library.near(BREAD) == []


async def test_documents_of_others_that_are_nearer_do_not_hide_what_the_asker_may_read(library: CopiedLibrary) -> None:
    await library.ready(*([BREAD] * 150), audience="restricted")
    await library.ready(CAKE)
    assert await library.near(BREAD, tuning=NARROW, limit=1) == [CAKE]


@pytest.mark.parametrize("state", ["embedding", "failed", "deleting"])
async def test_a_document_that_is_not_ready_is_not_found(library: CopiedLibrary, state: str) -> None:
    document = await library.add(BREAD)
    await library.publish(document, state=state)
    await library.ready(CAKE)
    assert await library.near(BREAD) == [CAKE]


async def test_a_document_that_is_written_again_is_found_once(library: CopiedLibrary) -> None:
    document = await library.ready(BREAD, CAKE)
    await library.copy(document)
    assert await library.near(BREAD) == [BREAD, CAKE]


async def test_a_deleted_document_leaves_nothing(library: CopiedLibrary, fake: OpenSearch) -> None:
    document = await library.ready(BREAD)
    await library.ready(CAKE)

    await library.forget(document)
    await library.forget(document)

    assert await library.near(BREAD) == [CAKE]
    assert str(document.id) not in {one["document_id"] for one in fake.stored()}


async def test_after_a_change_of_model_the_old_vectors_are_gone(library: CopiedLibrary, fake: OpenSearch) -> None:
    document = await library.ready(BREAD, CAKE)
    async with library.database.tenant_session(library.tenant_id) as session:
        missing = await writing.vectors_missing(session, library.base_id, "newer", 10)
        vectors = np.stack([vector_of(BIKE) for _ in missing])
        base = (library.tenant_id, library.base_id)
        await writing.add_missing_vectors(session, *base, missing, vectors, model="newer")
    await project_base(library.database, library.nearest, *base, "newer")
    assert await library.near(BREAD) == [BREAD, CAKE]

    async with library.database.tenant_session(library.tenant_id) as session:
        await writing.drop_vectors(session, library.base_id, besides="newer")
    await library.nearest.drop(*base, besides="newer")

    assert len(await library.near(BIKE, model="newer")) == 2
    assert await library.near(BREAD, model=MODEL) == []
    models = {one["model"] for one in fake.stored() if one["document_id"] == str(document.id)}
    assert models <= {"newer"}
