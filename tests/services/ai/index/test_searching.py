"""Search by meaning and by words: what is found, and by whom."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from services.ai.documents.access import VISITOR, Asker
from services.ai.index.values import Tuning
from services.ai.index.writing import publish
from tests.services.ai.index.library import MEMBER, Library, vector_of

BREAD, CAKE, BIKE = "A loaf of rye bread costs four euros.", "Wedding cakes need two weeks.", "Bicycles cost 14 euros."
BY_GRAPH = Tuning(exact_up_to=0, comparison_us=1e9, few_documents=0)
"""The graph is always sooner, and nobody is said to read few documents."""
FOR_FEW = Tuning(exact_up_to=0)
"""Every knowledge base is large, and every asker may read few of its documents."""
WAYS = pytest.mark.parametrize("tuning", [Tuning(), BY_GRAPH, FOR_FEW], ids=["exact", "by graph", "of few"])


async def test_a_passage_is_found_by_its_words_alone(library: Library) -> None:
    await library.ready(BREAD, CAKE)
    [found] = await library.search("what does bread cost")
    assert (found.text, found.vector_similarity) == (BREAD, None)
    assert found.lexical_score is not None


@WAYS
async def test_a_passage_is_found_by_its_meaning_alone(library: Library, tuning: Tuning) -> None:
    await library.ready(BREAD, CAKE)
    [found] = await library.search("zzz", meaning=CAKE, limit=1, tuning=tuning)
    assert (found.text, found.lexical_score) == (CAKE, None)
    assert found.vector_similarity == pytest.approx(1, abs=0.01)


@WAYS
async def test_what_one_leg_finds_has_the_score_of_the_other_too(library: Library, tuning: Tuning) -> None:
    await library.ready(BREAD, CAKE, BIKE)
    tuning = replace(tuning, candidates=1, completed=1)
    found = {one.text: one for one in await library.search("rye cakes cakes", meaning=BIKE, tuning=tuning, limit=1)}
    wide = {one.text: one for one in await library.search("rye cakes cakes", meaning=BIKE, limit=3)}
    assert found.keys() <= wide.keys() == {BREAD, CAKE, BIKE}
    for meaning, one in wide.items():
        assert one.vector_similarity == pytest.approx(float(vector_of(meaning) @ vector_of(BIKE)), abs=0.01)
    assert all(found[one] == wide[one] for one in found)


async def test_a_passage_comes_with_its_place(library: Library) -> None:
    document = await library.ready(BREAD, CAKE, headings=("Prices", "Cakes"), name="prices.md")
    [found] = await library.search("wedding", limit=1)
    assert (found.document_id, found.document_name, found.position) == (document.id, "prices.md", 1)
    assert (found.headings, found.page_from, found.page_to) == (("Prices", "Cakes"), None, None)
    assert found.knowledge_base_id == library.base_id


async def test_headings_are_searched_with_their_passages(library: Library) -> None:
    await library.ready(CAKE, headings=("Festivities",))
    await library.ready(BREAD)
    assert await library.texts("festivities") == [CAKE]


@WAYS
async def test_documents_that_are_not_ready_are_not_found(library: Library, tuning: Tuning) -> None:
    await library.ready(BIKE)
    for state in ("embedding", "failed", "deleting"):
        document = await library.add(BREAD)
        await library.publish(document, state=state)
    assert await library.texts("bread", meaning=BREAD, tuning=tuning) == [BIKE]


async def test_a_knowledge_base_that_is_being_deleted_is_not_searched(library: Library) -> None:
    await library.ready(BREAD)
    async with library.database.tenant_session(library.tenant_id) as session:
        await session.execute(text("UPDATE knowledge_base SET state = 'deleting'"))
    assert await library.texts("bread", meaning=BREAD) == []


async def test_only_the_given_knowledge_bases_are_searched(library: Library) -> None:
    other = await library.new_base(new_id())
    await library.ready(BREAD)
    await library.ready(CAKE, knowledge_base_id=other)
    assert await library.texts("bread cakes", meaning=CAKE) == [BREAD]
    assert set(await library.texts("bread cakes", meaning=CAKE, bases=[library.base_id, other])) == {BREAD, CAKE}


@WAYS
async def test_another_business_finds_nothing(library: Library, neighbour: Library, tuning: Tuning) -> None:
    await library.ready(BREAD)
    await neighbour.ready(CAKE)
    asked = {"meaning": BREAD, "tuning": tuning, "bases": [library.base_id, neighbour.base_id]}
    assert await neighbour.texts("bread cakes", **asked) == [CAKE]
    assert await library.texts("bread cakes", **asked) == [BREAD]


COOK = Asker(user_id=new_id(), role="member")
OWNER = Asker(user_id=new_id(), role="owner")


@WAYS
@pytest.mark.parametrize(
    ("asker", "finds"),
    [
        (VISITOR, {"everyone"}),
        (MEMBER, {"everyone", "members"}),
        (COOK, {"everyone", "members", "cook"}),
        (OWNER, {"everyone", "members", "owner"}),
        (Asker(user_id=OWNER.user_id, role=None), {"everyone", "members"}),
    ],
    ids=["a visitor", "a member", "a person who is named", "a role that is named", "somebody without a role"],
)
async def test_each_asker_finds_what_they_may_read(
    library: Library, asker: Asker, finds: set[str], tuning: Tuning
) -> None:
    await library.ready("secret of everyone", audience="everyone")
    await library.ready("secret of members", audience="members")
    await library.ready("secret of cook", audience="restricted", readers=[{"user_id": COOK.user_id}])
    await library.ready("secret of owner", audience="restricted", readers=[{"role": "owner"}])
    await library.ready("secret of nobody", audience="restricted")
    for meaning in (None, "secret of nobody"):
        found = await library.texts("secret", asker=asker, meaning=meaning, tuning=tuning)
        assert {one.removeprefix("secret of ") for one in found} == finds


@WAYS
async def test_an_asker_who_may_read_little_is_not_starved_by_what_others_may_read(
    library: Library, tuning: Tuning
) -> None:
    for number in range(6):
        await library.ready(*(f"secret bread {number} {place}" for place in range(10)), audience="members")
    await library.ready("secret bread and cake", audience="everyone")
    few = replace(tuning, candidates=2, completed=2, postings=5)
    assert await library.texts("bread", asker=VISITOR, tuning=few, limit=2) == ["secret bread and cake"]
    near = {"meaning": "secret bread 1 1", "asker": VISITOR, "tuning": few, "limit": 2}
    assert await library.texts("", **near) == ["secret bread and cake"]


async def test_passages_with_rare_words_come_first(library: Library) -> None:
    await library.ready(*(f"bread number {number}" for number in range(20)), "bread and quinces")
    assert (await library.texts("bread quinces"))[0] == "bread and quinces"


async def test_words_that_occur_often_and_in_short_passages_weigh_more(library: Library) -> None:
    often, once = "bread, bread and bread", "bread for the table"
    long = "bread " + " ".join(f"filler{number}" for number in range(60))
    await library.ready(long, once, often)
    assert await library.texts("bread") == [often, once, long]


async def test_common_words_count_also_where_they_do_not_lead_the_search(library: Library) -> None:
    await library.ready(
        *(f"bread {number} of the week" for number in range(30)), "quinces with cream", "quinces with bread"
    )
    exact = await library.search("bread quinces", limit=2)
    pruned = await library.search("bread quinces", limit=2, tuning=Tuning(postings=3))
    assert [one.text for one in pruned] == ["quinces with bread", "quinces with cream"]
    assert pruned == exact


async def test_a_question_of_common_words_alone_is_still_answered(library: Library) -> None:
    await library.ready(*(f"bread {number} of the week" for number in range(30)))
    assert len(await library.texts("bread week", tuning=Tuning(postings=10), limit=5)) == 5


async def test_long_documents_are_searched_to_their_end(library: Library) -> None:
    await library.ready(*(f"page {number}" for number in range(600)), "the quinces at the end")
    [found] = await library.search("quinces")
    assert (found.text, found.position) == ("the quinces at the end", 600)


@pytest.mark.parametrize(
    ("query", "language", "finds"),
    [
        ("Öffnungszeiten der Häuser", "de", "Das Haus hat neue Öffnungszeiten."),
        ("opening of houses", "en", "The house opens at six."),
        ("maisons ouvertes", "fr", "Une maison ouverte"),
        ("Haus", "en", "Das Haus hat neue Öffnungszeiten."),
    ],
)
async def test_words_are_found_in_other_forms_and_languages(
    library: Library, query: str, language: str, finds: str
) -> None:
    await library.ready("Das Haus hat neue Öffnungszeiten.", "Der Hund bellt.", language="de")
    await library.ready("The house opens at six.", "The dog barks.", language="en")
    await library.ready("Une maison ouverte", "Le chien aboie.", language="fr")
    assert (await library.texts(query, language=language))[0] == finds


async def test_words_of_a_language_without_a_stemmer_are_found_as_they_are(library: Library) -> None:
    await library.ready("Chleb kosztuje cztery euro.", language="pl")
    assert await library.texts("chleb", language="pl") == ["Chleb kosztuje cztery euro."]
    assert await library.texts("chleb", language="en") == ["Chleb kosztuje cztery euro."]


async def test_stop_words_of_the_askers_language_find_nothing_in_other_languages(library: Library) -> None:
    await library.ready("The Spa heißt unser Haus.", "Massagen kosten 40 Euro.", language="de")
    assert await library.texts("what is the price", language="en") == []


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("“Bread” — fresh…", "bread"),
        ("bread/cake", "cake"),
        ("covid-19 rules", "19"),
        ("It costs 12.50€.", "12,50"),
        ("eﬃcient", "efficient"),
        ("Öff\u00adnung", "öffnung"),
        ("write to info@example.com", "example"),
        ("Cafe\u0301", "café"),
        ("नमस्ते दुनिया", "नमस्ते"),
    ],
)
async def test_punctuation_and_typography_hide_no_word(library: Library, written: str, asked: str) -> None:
    await library.ready(written, "other words")
    assert await library.texts(asked) == [written]


@pytest.mark.parametrize("query", ["", "   ", "the of and", "—…“”", "\t\n", "'; DROP TABLE passage; --", "a" * 5000])
async def test_questions_without_words_that_are_known_find_nothing_by_words(library: Library, query: str) -> None:
    await library.ready(BREAD)
    assert await library.texts(query) == []


async def test_a_question_of_a_thousand_words_is_answered(library: Library) -> None:
    await library.ready(BREAD)
    assert await library.texts("bread " + " ".join(f"word{number}" for number in range(1000))) == [BREAD]


async def test_an_empty_knowledge_base_and_none_give_nothing(library: Library) -> None:
    assert await library.texts("bread", meaning=BREAD) == []
    async with library.database.tenant_session(library.tenant_id) as session:
        await session.execute(text("DELETE FROM knowledge_base"))
    assert await library.texts("bread", meaning=BREAD) == []


async def test_vectors_of_another_model_are_not_compared(library: Library) -> None:
    await library.ready(BREAD)
    assert await library.texts("", meaning=BREAD, model="another") == []
    [found] = await library.search("bread", meaning=BREAD, model="another")
    assert found.vector_similarity is None


async def test_a_search_leaves_the_planner_as_it_was(library: Library) -> None:
    document = await library.ready(BREAD)
    async with library.database.tenant_session(library.tenant_id) as session:
        await library.search_in(session, "bread", meaning=BREAD, tuning=BY_GRAPH)
        assert await session.scalar(text("SELECT current_setting('enable_sort')")) == "on"
        assert await publish(session, document)
