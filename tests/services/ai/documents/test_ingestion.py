"""A document from its upload to its passages, and the way back to nothing."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from libs.common.audit import UsageRecorded
from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.platform_tables import OutboxRow
from services.ai.index.models import LexicalEntry, LexicalTerm, Passage, PassageVector
from tests.services.ai.people import PRICES, Business

TABLES: Sequence[type[Any]] = (Passage, PassageVector, LexicalEntry, LexicalTerm)
MOMENTS = (
    "documents.extract.stored",
    "documents.extract.before_commit",
    "documents.extract.after_commit",
    "documents.split.before_commit",
    "documents.split.after_commit",
    "documents.embed.before_commit",
    "documents.embed.after_commit",
    "documents.publish.before_commit",
    "documents.publish.after_commit",
)


async def rows(business: Business) -> dict[str, int]:
    """How many rows of the index the business has."""
    async with business.context.database.tenant_session(business.id) as session:
        return {
            table.__tablename__: int(await session.scalar(select(func.count()).select_from(table)) or 0)
            for table in TABLES
        }


async def keys(business: Business) -> list[str]:
    listed = await business.context.objects.list_objects(business.context.settings.documents_bucket, f"{business.id}/")
    return [entry.key.removeprefix(f"{business.id}/").split("/")[0] for entry in listed]


async def storage(business: Business) -> list[int]:
    async with business.context.database.tenant_session(business.id) as session:
        bodies = await session.scalars(select(OutboxRow.body).where(OutboxRow.type == UsageRecorded.type))
        return [body["quantity"] for body in bodies if body["entitlement"] == "storage_bytes"]


async def test_an_uploaded_document_becomes_passages_with_vectors_and_words(business: Business) -> None:
    base = await business.owner.knowledge_base()

    document_id = await business.ready(base)

    found = await business.owner.document(base, document_id)
    assert (found["language"], found["passages"] > 0) == ("en", True)
    assert found["progress"] == {"done": found["passages"], "total": found["passages"]}
    counted = await rows(business)
    assert counted["passage"] == counted["passage_vector"] == found["passages"]
    assert counted["lexical_entry"] > 0
    assert await storage(business) == [len(PRICES)]
    listed = await business.owner.ask("GET", "/v1/knowledge-bases")
    assert [(one["documents"], one["waiting"], one["failed"]) for one in listed["items"]] == [(1, 0, 0)]


async def test_the_same_content_is_told_and_not_taken_twice(business: Business) -> None:
    base = await business.owner.knowledge_base()
    document_id = await business.ready(base)
    said = {"name": "again.md", "size": len(PRICES), "content_type": "text/markdown"}
    sha256 = hashlib.sha256(PRICES).hexdigest()

    refused = await business.owner.client.post(f"/v1/knowledge-bases/{base}/documents", json=said | {"sha256": sha256})

    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate_document")
    assert refused.json()["document_id"] == document_id


async def test_a_document_without_text_fails_with_a_reason_and_can_be_deleted(business: Business) -> None:
    base = await business.owner.knowledge_base()
    document_id = await business.owner.completed(base, b" \n\t\n ", name="empty.txt", content_type="text/plain")
    await business.work()

    found = await business.owner.document(base, document_id)
    assert (found["state"], found["reason"]) == ("failed", "empty")
    await business.owner.ask("DELETE", f"/v1/knowledge-bases/{base}/documents/{document_id}")
    await business.work()
    assert await keys(business) == []


async def test_what_was_uploaded_must_be_what_was_announced(business: Business) -> None:
    base = await business.owner.knowledge_base()
    document_id = await business.owner.completed(base)
    bucket = business.context.settings.documents_bucket
    other = PRICES.replace(b"four", b"five")
    await business.context.objects.put(
        bucket, f"{business.id}/quarantine/{document_id}", other, content_type="text/markdown"
    )

    await business.work()

    found = await business.owner.document(base, document_id)
    assert (found["state"], found["reason"]) == ("failed", "wrong_checksum")
    assert await rows(business) == dict.fromkeys((table.__tablename__ for table in TABLES), 0)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_worker_that_dies_at_any_moment_leaves_nothing_half_and_another_goes_on(
    business: Business, moment: str
) -> None:
    base = await business.owner.knowledge_base()
    assistant = await business.owner.assistant(base)
    document_id = await business.owner.completed(base)
    configure_failpoints(f"{moment}:1:raise")

    with pytest.raises(FailpointReached):
        await business.work()

    found = await business.owner.document(base, document_id)
    answer = await business.owner.answer(assistant, "What does a loaf of rye bread cost?")
    assert bool(answer["receipt"]["sources"]) == (found["state"] == "ready")
    configure_failpoints("")
    await business.lose_leases()
    await business.work()
    assert (await business.owner.document(base, document_id))["state"] == "ready"
    counted = await rows(business)
    assert counted["passage"] == counted["passage_vector"] > 0
    assert await storage(business) == [len(PRICES)]


async def test_a_replacement_is_found_in_the_moment_in_which_the_old_one_is_not(business: Business) -> None:
    base = await business.owner.knowledge_base()
    assistant = await business.owner.assistant(base)
    old = await business.ready(base)
    newer = PRICES.replace(b"four euros and twenty cents", b"five euros")
    new = await business.owner.completed(base, newer, replaces=old)
    configure_failpoints("documents.publish.before_commit:1:raise")
    with pytest.raises(FailpointReached):
        await business.work()
    configure_failpoints("")

    before = await business.owner.answer(assistant, "What does a loaf of rye bread cost?")
    await business.lose_leases()
    await business.work()
    after = await business.owner.answer(assistant, "What does a loaf of rye bread cost?")

    assert {source["document_id"] for source in before["receipt"]["sources"]} == {old}
    assert {source["document_id"] for source in after["receipt"]["sources"]} == {new}
    assert await business.owner.refused("GET", f"/v1/knowledge-bases/{base}/documents/{old}") == (
        404,
        "document_not_found",
    )
    assert sum(await storage(business)) == len(newer)


async def test_a_deleted_document_leaves_no_trace(business: Business) -> None:
    base = await business.owner.knowledge_base()
    assistant = await business.owner.assistant(base)
    document_id = await business.ready(base)

    await business.owner.ask("DELETE", f"/v1/knowledge-bases/{base}/documents/{document_id}")

    answer = await business.owner.answer(assistant, "What does a loaf of rye bread cost?")
    assert (answer["found"], answer["receipt"]["sources"]) == (False, [])
    await business.work()
    assert await rows(business) == dict.fromkeys((table.__tablename__ for table in TABLES), 0)
    assert await keys(business) == []
    assert sum(await storage(business)) == 0


async def test_a_deletion_wins_over_the_ingestion_that_is_under_way(business: Business) -> None:
    base = await business.owner.knowledge_base()
    document_id = await business.owner.completed(base)
    configure_failpoints("documents.embed.after_commit:1:raise")
    with pytest.raises(FailpointReached):
        await business.work()
    configure_failpoints("")

    await business.owner.ask("DELETE", f"/v1/knowledge-bases/{base}/documents/{document_id}")
    await business.lose_leases()
    await business.work()

    assert await rows(business) == dict.fromkeys((table.__tablename__ for table in TABLES), 0)
    assert await keys(business) == []


async def test_a_deleted_knowledge_base_goes_with_all_that_is_in_it(business: Business) -> None:
    base = await business.owner.knowledge_base()
    await business.ready(base)

    await business.owner.ask("DELETE", f"/v1/knowledge-bases/{base}")

    assert await business.owner.refused("GET", f"/v1/knowledge-bases/{base}") == (404, "knowledge_base_not_found")
    await business.work()
    assert await rows(business) == dict.fromkeys((table.__tablename__ for table in TABLES), 0)
    assert await keys(business) == []


async def test_a_restricted_document_is_read_by_whom_it_names_alone(business: Business) -> None:
    base = await business.owner.knowledge_base()
    access = {"audience": "restricted", "user_ids": [str(business.owner.id)]}
    document_id = await business.ready(base, access=access)
    assistant = await business.owner.assistant(base)
    question = "What does a loaf of rye bread cost?"

    assert (await business.owner.answer(assistant, question))["found"]
    assert not (await business.member.answer(assistant, question))["receipt"]["sources"]
    path = f"/v1/knowledge-bases/{base}/documents"
    assert (await business.member.ask("GET", path))["items"] == []
    for below in ("", "/download"):
        assert (await business.member.refused("GET", f"{path}/{document_id}{below}"))[0] == 404
    opened = {"audience": "restricted", "roles": ["member"]}
    await business.owner.ask("PUT", f"{path}/{document_id}/access", opened)
    assert (await business.member.answer(assistant, question))["found"]
    assert not (await business.owner.answer(assistant, question))["receipt"]["sources"]


async def test_a_citation_leads_to_its_passage_with_its_neighbours(business: Business) -> None:
    base = await business.owner.knowledge_base()
    await business.ready(base)
    assistant = await business.owner.assistant(base)

    answer = await business.owner.answer(assistant, "What does a loaf of rye bread cost?")

    citation = answer["citations"][0]
    path = f"/v1/knowledge-bases/{base}/documents/{citation['document_id']}/passages/{citation['passage_id']}"
    shown = await business.owner.ask("GET", path)
    own = next(one for one in shown["items"] if one["id"] == citation["passage_id"])
    assert citation["quote"] in own["text"]
    assert UUID(shown["document_id"]) == UUID(citation["document_id"])
