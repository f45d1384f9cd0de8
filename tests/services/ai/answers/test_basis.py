"""What stands in answers goes with the document that it stood in, and is shown only to who may read that."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.ai.answers.models import Answer, AnswerDocument
from services.ai.answers.preparing import Question, prepare
from services.ai.answers.service import whole
from services.ai.documents.access import Asker
from services.ai.models import LocalModelSettings, ModelEvent, ModelRequest, Models
from services.ai.models.local import LocalModel
from tests.services.ai.people import PRICES, Business, Person

QUESTION = "What does a loaf of rye bread cost?"
NEWER = PRICES.replace(b"four euros", b"five euros")


async def seen(person: Person, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as it is shown now, alone and in its chat alike."""
    alone: dict[str, Any] = await person.ask("GET", f"/v1/answers/{answer['id']}")
    [of_chat] = (await person.ask("GET", f"/v1/chats/{answer['chat_id']}/answers"))["items"]
    assert of_chat == alone
    return alone


async def stored(business: Business) -> tuple[str, int]:
    """All that answers keep of documents, as text, and how many documents they rest on."""
    async with business.context.database.tenant_session(business.id) as session:
        kept = await session.scalars(select(func.concat(Answer.text, Answer.citations, Answer.sources)))
        return "".join(kept).replace("[]", ""), int(
            await session.scalar(select(func.count(AnswerDocument.document_id))) or 0
        )


async def test_a_deleted_document_leaves_nothing_of_it_in_answers(business: Business) -> None:
    base = await business.owner.knowledge_base()
    document_id = await business.ready(base)
    answer = await business.owner.answer(await business.owner.assistant(base), QUESTION)
    assert "four euros" in (await stored(business))[0]

    await business.owner.ask("DELETE", f"/v1/knowledge-bases/{base}/documents/{document_id}")

    at_once = await seen(business.owner, answer)
    assert (at_once["text"], at_once["citations"], at_once["reason"]) == ("", [], "documents_gone")
    assert at_once["receipt"]["sources"] == []
    await business.work()
    assert await stored(business) == ("", 0)
    later = await seen(business.owner, answer)
    assert (later["question"], later["text"], later["reason"]) == (QUESTION, "", "documents_gone")


async def test_an_answer_is_hidden_while_its_asker_may_not_read_what_it_rests_on(business: Business) -> None:
    base = await business.owner.knowledge_base()
    document_id = await business.ready(base)
    assistant = await business.owner.assistant(base)
    answer = await business.member.answer(assistant, QUESTION)
    access = f"/v1/knowledge-bases/{base}/documents/{document_id}/access"

    await business.owner.ask("PUT", access, {"audience": "restricted", "roles": ["owner"], "user_ids": []})

    hidden = await seen(business.member, answer)
    assert (hidden["text"], hidden["citations"], hidden["found"]) == ("", [], False)
    follow_up = await business.member.answer(assistant, "And how much is it?", chat_id=answer["chat_id"])
    assert "four euros" not in follow_up["text"]
    await business.owner.ask("PUT", access, {"audience": "members", "roles": [], "user_ids": []})
    [*_, first] = (await business.member.ask("GET", f"/v1/chats/{answer['chat_id']}/answers"))["items"]
    assert first["text"] == answer["text"]


async def test_what_rested_on_a_replaced_document_rests_on_the_one_that_took_its_place(business: Business) -> None:
    base = await business.owner.knowledge_base()
    old = await business.ready(base)
    answer = await business.owner.answer(await business.owner.assistant(base), QUESTION)

    new = await business.ready(base, NEWER, replaces=old)

    assert (await seen(business.owner, answer))["text"] == answer["text"]
    await business.owner.ask("DELETE", f"/v1/knowledge-bases/{base}/documents/{new}")
    await business.work()
    assert await stored(business) == ("", 0)


class DeletesMeanwhile:
    """A model that gives its answer after the document was deleted in which the answer stands."""

    name = model = "slow"

    def __init__(self, delete: Callable[[], Awaitable[None]]) -> None:
        self._delete = delete

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        await self._delete()
        async with aclosing(LocalModel(LocalModelSettings()).stream(request)) as events:
            async for event in events:
                yield event


async def test_a_deletion_while_an_answer_is_written_leaves_nothing_behind(business: Business) -> None:
    owner = business.owner
    base = await owner.knowledge_base()
    document_id = await business.ready(base)
    assistant = await owner.assistant(base)

    async def delete() -> None:
        await owner.ask("DELETE", f"/v1/knowledge-bases/{base}/documents/{document_id}")
        await business.work()

    context = replace(business.context, models=Models([DeletesMeanwhile(delete)]))
    question = Question(
        tenant_id=owner.tenant_id,
        assistant_id=UUID(assistant),
        asker=Asker(user_id=owner.id, role="owner"),
        text=QUESTION,
        channel="app",
    )

    ended = await whole(context, await prepare(context, question))

    assert (ended.state, ended.text, ended.reason) == ("done", "", "documents_gone")
    assert await stored(business) == ("", 0)
