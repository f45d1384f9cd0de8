"""A canary is found by its own tenant's search alone, seen by nobody, and a search that finds another's is counted."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, update

from libs.common.ids import new_id
from services.ai.context import AiContext
from services.ai.documents.access import Asker
from services.ai.index import writing
from services.ai.index.searching import search
from services.ai.knowledge.models import KnowledgeBase
from services.ai.safety import lookups
from services.ai.safety.canaries import finds, plant, probe, sentence
from services.ai.safety.models import Canary
from services.ai.safety.sweeps import canary_sweeps
from tests.services.ai.people import Business, opened_business


async def planted(business: Business) -> Canary:
    await plant(business.context, business.id)
    [canary] = await canaries(business)
    return canary


async def canaries(business: Business) -> Sequence[Canary]:
    async with business.context.database.tenant_session(business.id) as session:
        return (await session.scalars(select(Canary))).all()


async def without_canary(context: AiContext) -> set[UUID]:
    async with context.database.system_session() as session:
        model = context.embeddings.default.model
        return set(await lookups.tenants_without_canary(session, model=model, limit=10_000))


def counted() -> tuple[float, ...]:
    """Probes, leaks and blind probes so far."""
    values = (REGISTRY.get_sample_value(f"ai_canary_{name}_total") for name in ("probes", "leaks", "blind"))
    return tuple(value or 0.0 for value in values)


def since(before: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(now - then for now, then in zip(counted(), before, strict=True))


@pytest.fixture
async def other(ai: AiContext, ai_url: str) -> AsyncIterator[Business]:
    async with opened_business(ai, ai_url) as opened:
        yield opened


async def test_each_tenant_finds_its_own_canary_and_not_the_other_s(business: Business, other: Business) -> None:
    own, foreign = await planted(business), await planted(other)
    before = counted()

    assert await probe(business.context, [own, foreign]) == 2
    assert since(before) == (2, 0, 0)


async def test_only_the_tenant_s_session_keeps_a_probe_from_finding_the_other_s_canary(
    business: Business, other: Business
) -> None:
    foreign = await planted(other)
    [vector] = await business.context.embeddings.default.embed([sentence(foreign.token)])

    async with business.context.database.tenant_session(business.id) as session:
        assert not await finds(business.context, session, foreign, vector)
    async with business.context.database.system_session() as session:
        assert await finds(business.context, session, foreign, vector)


async def test_a_canary_that_shows_in_another_tenant_s_search_is_counted_as_a_leak(
    business: Business, other: Business
) -> None:
    own, foreign = await planted(business), await planted(other)
    leaked = Canary(
        tenant_id=other.id,
        id=own.id,
        knowledge_base_id=own.knowledge_base_id,
        document_id=own.document_id,
        token=own.token,
        planted_at=foreign.planted_at,
    )
    before = counted()

    await probe(business.context, [own, leaked])

    assert since(before)[:2] == (2, 1)


async def test_a_search_that_does_not_find_its_own_canary_proves_nothing_and_is_counted(business: Business) -> None:
    canary = await planted(business)
    async with business.context.database.tenant_session(business.id) as session:
        await writing.forget(session, canary.document_id)
    before = counted()

    assert await probe(business.context, [canary]) == 0
    assert since(before) == (0, 0, 1)
    await plant(business.context, business.id)


async def test_no_member_is_shown_a_canary(business: Business) -> None:
    canary = await planted(business)

    listed = await business.owner.ask("GET", "/v1/knowledge-bases")
    base = f"/v1/knowledge-bases/{canary.knowledge_base_id}"
    [vector] = await business.context.embeddings.default.embed([sentence(canary.token)])
    async with business.context.database.tenant_session(business.id) as session:
        found = await search(
            session,
            asker=Asker(user_id=business.owner.id, role="owner"),
            knowledge_base_ids=[canary.knowledge_base_id],
            query=canary.token,
            query_vector=vector,
            model=business.context.embeddings.default.model,
            language="en",
            limit=5,
        )

    assert listed["items"] == []
    assert await business.owner.refused("GET", base) == (404, "knowledge_base_not_found")
    assert await business.owner.refused("GET", f"{base}/documents") == (404, "knowledge_base_not_found")
    assert found == []


async def test_a_tenant_gets_a_canary_once_it_has_a_document(business: Business, other: Business) -> None:
    await business.ready(await business.owner.knowledge_base())

    waiting = await without_canary(business.context)
    await plant(business.context, business.id)

    assert business.id in waiting
    assert other.id not in waiting
    assert business.id not in await without_canary(business.context)


async def test_a_canary_of_an_embedding_model_that_went_out_of_use_is_planted_anew(business: Business) -> None:
    await business.ready(await business.owner.knowledge_base())
    old = await planted(business)
    async with business.context.database.tenant_session(business.id) as session:
        hidden = KnowledgeBase.id == old.knowledge_base_id
        await session.execute(update(KnowledgeBase).where(hidden).values(embedding_model=f"old-{new_id().hex}"))

    assert business.id in await without_canary(business.context)
    new = await planted(business)
    before = counted()
    await probe(business.context, [new])

    assert new.token != old.token
    assert since(before) == (0, 0, 0)


async def test_the_worker_plants_and_probes(business: Business, other: Business) -> None:
    await business.ready(await business.owner.knowledge_base())
    await planted(other)
    before = counted()

    for sweep in canary_sweeps(business.context):
        await business.sweep(sweep)

    assert since(before)[0] >= 1
    assert since(before)[1:] == (0, 0)
