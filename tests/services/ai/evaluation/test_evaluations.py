"""Evaluation sets: what is expected, what came true, and a run that a dead worker left."""

import pytest

from libs.common.failpoints import configure_failpoints
from services.ai.evaluation.running import go_on_with_due
from tests.services.ai.people import Business


async def prepared(business: Business) -> tuple[str, str]:
    """An assistant's path with a set of three questions, and the document that it knows."""
    base = await business.owner.knowledge_base()
    document = await business.ready(base)
    path = f"/v1/assistants/{await business.owner.assistant(base)}"
    for question in (
        {"question": "What does a loaf of rye bread cost?", "document_id": document, "expected": "Four euros"},
        {"question": "What does a loaf of rye bread cost?", "expected": "nine dollars"},
        {"question": "Who composed the opera Aida, and when was that?", "unanswerable": True},
    ):
        await business.owner.ask("POST", f"{path}/evaluation-questions", question)
    return path, document


async def finished(business: Business) -> None:
    while await go_on_with_due(business.context):
        pass


async def test_a_version_is_scored_by_its_answers(business: Business) -> None:
    path, _ = await prepared(business)
    begun = await business.owner.ask("POST", f"{path}/evaluations", {})

    await finished(business)

    run = await business.owner.ask("GET", f"{path}/evaluations/{begun['id']}")
    assert (run["state"], run["done"], run["total"], run["version"]) == ("done", 3, 3, 1)
    assert run["scores"] == {"sources": 1.0, "mrr": 1.0, "answers": 0.5, "honesty": 1.0}
    assert [result["passed"] for result in run["results"]] == [True, False, True]
    listed = (await business.owner.ask("GET", f"{path}/evaluations"))["items"]
    assert [one["id"] for one in listed] == [begun["id"]]


async def test_a_run_goes_on_where_a_dead_worker_left_it(business: Business) -> None:
    path, _ = await prepared(business)
    begun = await business.owner.ask("POST", f"{path}/evaluations", {})
    await go_on_with_due(business.context)
    configure_failpoints("answers.finish.before_commit:1:raise")
    await go_on_with_due(business.context)
    configure_failpoints("")

    await business.lose_leases()
    await finished(business)

    run = await business.owner.ask("GET", f"{path}/evaluations/{begun['id']}")
    assert (run["state"], run["done"]) == ("done", 3)


@pytest.mark.parametrize(
    "said", [{"question": "What?"}, {"question": "What?", "expected": "this", "unanswerable": True}]
)
async def test_a_question_expects_something_and_not_its_opposite(business: Business, said: dict[str, object]) -> None:
    assistant = await business.owner.assistant()

    path = f"/v1/assistants/{assistant}/evaluation-questions"
    assert (await business.owner.refused("POST", path, said))[0] == 422


async def test_without_questions_there_is_nothing_to_evaluate(business: Business) -> None:
    assistant = await business.owner.assistant()

    path = f"/v1/assistants/{assistant}/evaluations"
    assert await business.owner.refused("POST", path, {}) == (409, "nothing_to_evaluate")
