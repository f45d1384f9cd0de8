"""Assistants and their versions."""

from tests.services.ai.people import Business


async def test_every_change_is_another_version_and_any_can_be_taken_up_again(business: Business) -> None:
    assistant = await business.owner.assistant(instructions="Be kind.")
    path = f"/v1/assistants/{assistant}"
    name = (await business.owner.ask("GET", path))["name"]

    changed = await business.owner.ask("PUT", path, {"name": name, "instructions": "Be brief.", "tone": "brief"})
    taken_up = await business.owner.ask("POST", f"{path}/versions/1/take-up")

    assert (changed["current"]["number"], changed["current"]["tone"]) == (2, "brief")
    assert (taken_up["current"]["number"], taken_up["current"]["instructions"]) == (1, "Be kind.")
    versions = (await business.owner.ask("GET", f"{path}/versions"))["items"]
    assert [(one["number"], one["instructions"]) for one in versions] == [(2, "Be brief."), (1, "Be kind.")]
    third = await business.owner.ask("PUT", path, {"name": name, "instructions": "Be exact."})
    assert third["current"]["number"] == 3


async def test_a_version_that_does_not_answer_yet_can_be_tried_out(business: Business) -> None:
    base = await business.owner.knowledge_base()
    await business.ready(base)
    assistant = await business.owner.assistant()
    name = (await business.owner.ask("GET", f"/v1/assistants/{assistant}"))["name"]
    await business.owner.ask("PUT", f"/v1/assistants/{assistant}", {"name": name, "knowledge_base_ids": [base]})
    await business.owner.ask("POST", f"/v1/assistants/{assistant}/versions/1/take-up")
    question = "What does a loaf of rye bread cost?"

    now = await business.owner.answer(assistant, question)
    tried = await business.owner.answer(assistant, question, version=2)

    assert (now["found"], tried["found"], tried["receipt"]["version"]) == (False, True, 2)


async def test_what_an_assistant_is_made_of_must_exist(business: Business) -> None:
    other = "0199aa00-0000-7000-8000-000000000001"

    for said, code in (
        ({"knowledge_base_ids": [other]}, "unknown_knowledge_base"),
        ({"model": "gpt-none"}, "unknown_model"),
    ):
        assert await business.owner.refused("POST", "/v1/assistants", {"name": "Desk"} | said) == (422, code)


async def test_two_assistants_cannot_have_one_name(business: Business) -> None:
    await business.owner.ask("POST", "/v1/assistants", {"name": "Desk"})
    other = await business.owner.assistant()

    taken = (409, "assistant_name_taken")
    assert await business.owner.refused("POST", "/v1/assistants", {"name": "Desk"}) == taken
    assert await business.owner.refused("PUT", f"/v1/assistants/{other}", {"name": "Desk"}) == taken


async def test_only_who_manages_assistants_changes_them(business: Business) -> None:
    assistant = await business.owner.assistant()

    assert (await business.member.refused("PUT", f"/v1/assistants/{assistant}", {"name": "Mine"}))[0] == 403
    assert (await business.member.refused("DELETE", f"/v1/assistants/{assistant}"))[0] == 403
    assert (await business.member.ask("GET", f"/v1/assistants/{assistant}"))["id"] == assistant
