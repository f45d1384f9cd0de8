"""Templates are whole in every language, fit an assistant, and a broken one is refused with its name."""

from pathlib import Path

import pytest

from services.ai.assistants.schemas import NewAssistant
from services.ai.assistants.templates import FOLDER, LANGUAGES, BadTemplate, Template, load_templates, templates
from services.ai.passages.languages import language_of
from services.ai.safety.instructions import suspicion_of
from tests.services.ai.people import Business

EVERY = [
    pytest.param(one, language, id=f"{one.id}-{language}") for language in LANGUAGES for one in templates(language)
]


def test_there_are_many_and_the_same_in_every_language() -> None:
    assert len(templates("en")) >= 10
    assert {one.id for one in templates("en")} == {one.id for one in templates("de")}


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_an_assistant_can_be_made_of_each(template: Template, language: str) -> None:
    made = NewAssistant(
        name=template.name,
        instructions=template.instructions,
        tone=template.tone,
        example_questions=list(template.questions),
    )

    assert made.instructions.count("\n\n") >= 2
    assert language_of(template.instructions) == language
    assert suspicion_of(template.instructions, language) is None


@pytest.mark.parametrize("template", [one.id for one in templates("en")])
def test_a_template_says_the_same_in_each_language(template: str) -> None:
    english, german = (next(one for one in templates(language) if one.id == template) for language in LANGUAGES)

    for part in ("documents", "questions", "evaluation"):
        assert len(getattr(english, part)) == len(getattr(german, part))
    assert [one.unanswerable for one in english.evaluation] == [one.unanswerable for one in german.evaluation]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("tone: friendly", "tone: rude"), "bakery_restaurant.yaml, en"),
        (("de:\n", "fr:\n"), "a part for each of en, de"),
        (("document: Allergens }", "document: Wine list }"), "not suggested: Wine list"),
        (("unanswerable: true", "unanswerable: false"), "say that it is unanswerable"),
        (("tone: friendly", "tone: ["), "bakery_restaurant.yaml"),
    ],
)
def test_a_broken_template_is_refused(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    text = (FOLDER / "bakery_restaurant.yaml").read_text()
    (tmp_path / "bakery_restaurant.yaml").write_text(text.replace(*change))

    with pytest.raises(BadTemplate, match=said):
        load_templates(tmp_path)


async def test_who_manages_assistants_is_shown_them_in_their_language(business: Business) -> None:
    english = await business.owner.ask("GET", "/v1/assistant-templates")
    german = await business.owner.ask("GET", "/v1/assistant-templates", language="de")

    assert [one["id"] for one in english["items"]] == [one.id for one in templates("en")]
    assert "Bäckerei oder Restaurant" in [one["name"] for one in german["items"]]
    assert await business.member.refused("GET", "/v1/assistant-templates") == (403, "forbidden")
    assert (await business.owner.refused("GET", "/v1/assistant-templates?language=fr"))[0] == 422
