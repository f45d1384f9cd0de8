"""A business whose vectors are searched in OpenSearch: documents come, answer, move to another model, and go."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from libs.common.application import create_application
from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.ids import new_id
from services.ai.app import SERVICE
from services.ai.context import AiContext
from services.ai.embeddings import Embeddings
from services.ai.embeddings.known import KnownEmbeddings
from services.ai.embeddings.port import Floats
from services.ai.index.nearest import VectorsUnavailable
from services.ai.index.nearest.opensearch import open_opensearch
from services.ai.knowledge import service
from services.ai.knowledge.models import KnowledgeBase
from services.ai.knowledge.moving import move_due
from services.ai.safety.canaries import finds, plant, sentence
from services.ai.safety.models import Canary
from services.ai.settings import AiSettings
from tests.services.ai.opensearch import OpenSearch
from tests.services.ai.people import Business, opened_business
from tests.support.billing import Billing
from tests.support.http_server import served

QUESTION = "What does a loaf of rye bread cost?"


class Renamed:
    """The same embedding model under another name."""

    model = "renamed"

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self.dimensions = embeddings.dimensions
        self.most_tokens = embeddings.most_tokens
        self.unrelated_below = embeddings.unrelated_below

    def count_tokens(self, text: str) -> int:
        return self._embeddings.count_tokens(text)

    async def embed(self, texts: Sequence[str]) -> Floats:
        return await self._embeddings.embed(texts)


@pytest.fixture
async def business(opensearch: OpenSearch, ai: AiContext, ai_settings: AiSettings) -> AsyncIterator[Business]:
    async with open_opensearch(opensearch.settings()) as nearest:
        known = KnownEmbeddings([ai.embeddings.default, Renamed(ai.embeddings.default)])
        context = replace(ai, nearest=nearest, embeddings=known)

        @asynccontextmanager
        async def opened(_settings: AiSettings) -> AsyncIterator[AiContext]:
            yield context

        async with (
            served(create_application(replace(SERVICE, open_context=opened), ai_settings)) as url,
            opened_business(context, url) as business,
        ):
            yield business


async def test_a_document_is_copied_answers_and_leaves_nothing_when_it_is_deleted(
    business: Business, opensearch: OpenSearch
) -> None:
    base = await business.owner.knowledge_base()
    assistant = await business.owner.assistant(base)
    document_id = await business.ready(base)

    answer = await business.owner.answer(assistant, QUESTION)

    assert {source["document_id"] for source in answer["receipt"]["sources"]} == {document_id}
    passages = (await business.owner.document(base, document_id))["passages"]
    assert {one["document_id"] for one in opensearch.stored()} == {document_id}
    assert len(opensearch.stored()) == passages
    await business.owner.ask("DELETE", f"/v1/knowledge-bases/{base}/documents/{document_id}")
    assert (await business.owner.answer(assistant, QUESTION))["found"] is False
    await business.work()
    assert opensearch.stored() == []


async def test_a_document_is_ready_only_once_its_vectors_are_copied(business: Business, opensearch: OpenSearch) -> None:
    base = await business.owner.knowledge_base()
    document_id = await business.owner.completed(base)
    opensearch.will_fail(503, times=3)

    await business.work()

    assert (await business.owner.document(base, document_id))["state"] == "embedding"
    await business.lose_leases()
    await business.work()
    assert (await business.owner.document(base, document_id))["state"] == "ready"
    assert len(opensearch.stored()) > 0


async def test_a_worker_that_dies_after_the_copy_leaves_nothing_half(
    business: Business, opensearch: OpenSearch
) -> None:
    base = await business.owner.knowledge_base()
    assistant = await business.owner.assistant(base)
    document_id = await business.owner.completed(base)
    configure_failpoints("documents.publish.projected:1:raise")

    with pytest.raises(FailpointReached):
        await business.work()

    assert len(opensearch.stored()) > 0
    assert (await business.owner.answer(assistant, QUESTION))["receipt"]["sources"] == []
    configure_failpoints("")
    await business.lose_leases()
    await business.work()
    found = await business.owner.document(base, document_id)
    assert (found["state"], found["passages"]) == ("ready", len(opensearch.stored()))


@pytest.mark.parametrize("moment", ["documents.delete.objects_gone", "documents.delete.copies_gone"])
async def test_a_worker_that_dies_while_it_deletes_is_followed_by_one_that_ends_it(
    business: Business, opensearch: OpenSearch, moment: str
) -> None:
    base = await business.owner.knowledge_base()
    document_id = await business.ready(base)
    await business.owner.ask("DELETE", f"/v1/knowledge-bases/{base}/documents/{document_id}")
    configure_failpoints(f"{moment}:1:raise")
    with pytest.raises(FailpointReached):
        await business.work()
    configure_failpoints("")

    await business.lose_leases()
    await business.work()

    assert opensearch.stored() == []


async def test_a_deletion_waits_for_opensearch(business: Business, opensearch: OpenSearch) -> None:
    base = await business.owner.knowledge_base()
    document_id = await business.ready(base)
    await business.owner.ask("DELETE", f"/v1/knowledge-bases/{base}/documents/{document_id}")
    opensearch.will_fail(503, times=3)

    await business.work()

    assert len(opensearch.stored()) > 0
    await business.lose_leases()
    await business.work()
    assert opensearch.stored() == []


async def test_a_question_that_opensearch_does_not_answer_fails_clearly_and_costs_nothing(
    business: Business, opensearch: OpenSearch, ai_billing: Billing
) -> None:
    base = await business.owner.knowledge_base()
    assistant = await business.owner.assistant(base)
    await business.ready(base)
    opensearch.will_fail(503, times=2)

    answer = await business.owner.answer(assistant, QUESTION)

    assert (answer["state"], answer["reason"]) == ("failed", "vectors_unavailable")
    assert (await ai_billing.use(business.id, "ai_queries_per_month"))["used"] == 0
    assert (await business.owner.answer(assistant, QUESTION))["state"] == "done"


async def test_a_knowledge_base_moves_to_another_model_with_its_copies(
    business: Business, opensearch: OpenSearch
) -> None:
    base = await business.owner.knowledge_base()
    assistant = await business.owner.assistant(base)
    document_id = await business.ready(base)
    async with business.context.database.tenant_session(business.id) as session:
        await service.move(business.context, session, UUID(base), Renamed.model)
    opensearch.will_fail(503, times=3)

    await moved_on(business)
    assert Renamed.model not in {one["model"] for one in opensearch.stored()}
    await moved_on(business)

    assert {one["model"] for one in opensearch.stored()} == {Renamed.model}
    answer = await business.owner.answer(assistant, QUESTION)
    assert {source["document_id"] for source in answer["receipt"]["sources"]} == {document_id}


async def test_what_the_old_model_left_is_cleared_later_if_it_cannot_be_now(
    business: Business, opensearch: OpenSearch
) -> None:
    base = await business.owner.knowledge_base()
    await business.ready(base)
    async with business.context.database.tenant_session(business.id) as session:
        await service.move(business.context, session, UUID(base), Renamed.model)

    async def break_down_after_the_refresh() -> None:
        opensearch.will_pass(1)
        opensearch.will_fail(503, times=3)

    opensearch.before_write = break_down_after_the_refresh
    await moved_on(business)

    assert (await business.owner.ask("GET", f"/v1/knowledge-bases/{base}"))["embedding_model"] == Renamed.model
    assert len({one["model"] for one in opensearch.stored()}) == 2
    await moved_on(business)
    assert {one["model"] for one in opensearch.stored()} == {Renamed.model}
    async with business.context.database.tenant_session(business.id) as session:
        assert await session.scalar(select(KnowledgeBase.moving_due_at)) is None


async def test_a_canary_is_found_through_opensearch_by_its_own_tenant_alone(
    business: Business, opensearch: OpenSearch
) -> None:
    await plant(business.context, business.id)
    await plant(business.context, business.id)
    async with business.context.database.tenant_session(business.id) as session:
        [canary] = (await session.scalars(select(Canary))).all()
        [vector] = await business.context.embeddings.default.embed([sentence(canary.token)])
        assert await finds(business.context, session, canary, vector)
    assert [one["document_id"] for one in opensearch.stored()] == [str(canary.document_id)]
    async with business.context.database.tenant_session(new_id()) as session:
        assert not await finds(business.context, session, canary, vector)
    opensearch.will_fail(503, times=2)
    async with business.context.database.tenant_session(business.id) as session:
        with pytest.raises(VectorsUnavailable):
            await finds(business.context, session, canary, vector)


async def moved_on(business: Business) -> None:
    """What the worker's loop does next about this business's move, however long it is to wait."""
    async with business.context.database.tenant_session(business.id) as session:
        bases = (await session.scalars(select(KnowledgeBase).where(KnowledgeBase.moving_due_at.is_not(None)))).all()
        for base in bases:
            base.moving_due_at = base.created_at
    assert await move_due(business.context) == len(bases) == 1
