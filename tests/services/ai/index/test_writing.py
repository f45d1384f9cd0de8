"""Ingestion writes to the index and takes out of it: nothing half, nothing left behind, every count exact."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from libs.common.database import Database
from libs.common.ids import new_id
from services.ai.documents.models import Document
from services.ai.index import writing
from services.ai.index.models import LexicalEntry, LexicalTerm, Passage, PassageVector
from services.ai.passages.splitting import indexed_text
from tests.services.ai.index.library import MODEL, TABLES, Library, vector_of

BREAD, CAKE = "A loaf of rye bread", "Wedding cakes"


async def terms(library: Library) -> dict[str, int]:
    return {one.term: one.passages for one in await library.rows(LexicalTerm)}


async def test_passages_are_kept_as_they_were_given(library: Library) -> None:
    document = await library.add(BREAD, CAKE, headings=("Prices", "2026"))
    found = sorted(await library.rows(Passage), key=lambda one: one.position)
    assert [(one.position, one.text, one.headings, one.document_id) for one in found] == [
        (0, BREAD, ["Prices", "2026"], document.id),
        (1, CAKE, ["Prices", "2026"], document.id),
    ]


async def test_vectors_are_kept_in_half_precision(library: Library) -> None:
    await library.add(BREAD)
    [kept] = await library.rows(PassageVector)
    assert (kept.model, kept.dimensions, kept.position) == (MODEL, 384, 0)
    assert np.allclose(kept.embedding, vector_of(BREAD), atol=1e-3)


async def test_a_passage_keeps_the_first_vector_of_a_model(library: Library) -> None:
    document = await library.add(BREAD)
    [passage] = await library.rows(Passage)
    async with library.database.tenant_session(library.tenant_id) as session:
        await writing.add_vectors(session, document, [passage.id], vector_of(CAKE)[None], model=MODEL)
    [kept] = await library.rows(PassageVector)
    assert np.allclose(kept.embedding, vector_of(BREAD), atol=1e-3)


async def test_no_vector_is_written_for_a_passage_that_is_gone(library: Library) -> None:
    document = await library.add(BREAD)
    async with library.database.tenant_session(library.tenant_id) as session:
        await writing.add_vectors(session, document, [new_id()], vector_of(CAKE)[None], model="another")
    assert len(await library.rows(PassageVector)) == 1


async def test_passages_without_vectors_are_told_in_order_with_the_text_to_embed(library: Library) -> None:
    document = await library.add(BREAD, CAKE, "Tea", headings=("Menu",))
    passages = {one.id: one for one in await library.rows(Passage)}
    async with library.database.tenant_session(library.tenant_id) as session:
        assert await writing.passages_without_vectors(session, document.id, model=MODEL, limit=9) == []
        missing = await writing.passages_without_vectors(session, document.id, model="another", limit=2)
    assert [text for _, text in missing] == [f"Menu\n{BREAD}", f"Menu\n{CAKE}"]
    assert [indexed_text(passages[passage_id]) for passage_id, _ in missing] == [text for _, text in missing]


async def test_a_knowledge_base_moves_to_another_model_passage_by_passage(library: Library) -> None:
    await library.ready(BREAD, CAKE)
    await library.add("Not ready")
    async with library.database.tenant_session(library.tenant_id) as session:
        while missing := await writing.vectors_missing(session, library.base_id, "another", 1):
            vectors = np.stack([vector_of(f"another {one.text}") for one in missing])
            await writing.add_missing_vectors(
                session, library.tenant_id, library.base_id, missing, vectors, model="another"
            )
    found = await library.search("", meaning=f"another {BREAD}", model="another", limit=1)
    assert [one.text for one in found] == [BREAD]
    async with library.database.tenant_session(library.tenant_id) as session:
        await writing.drop_vectors(session, library.base_id, besides="another")
    assert {one.model for one in await library.rows(PassageVector)} == {"another"}


async def test_dropping_vectors_of_one_knowledge_base_leaves_those_of_others(library: Library) -> None:
    other = await library.new_base(new_id())
    await library.ready(BREAD)
    await library.ready(CAKE, knowledge_base_id=other)
    async with library.database.tenant_session(library.tenant_id) as session:
        await writing.drop_vectors(session, library.base_id, besides="another")
    assert [one.knowledge_base_id for one in await library.rows(PassageVector)] == [other]


async def test_publishing_counts_the_words_of_a_document(library: Library) -> None:
    await library.ready("bread and bread", "bread and cake", language="en")
    assert await terms(library) == {"bread": 2, "cake": 1}
    await library.assert_counts_are_true()


async def test_a_document_that_is_not_published_counts_for_nothing(library: Library) -> None:
    await library.add(BREAD)
    assert await terms(library) == {}


async def test_publishing_again_counts_once(library: Library) -> None:
    document = await library.ready(BREAD)
    before = await terms(library)
    await library.publish(document)
    assert await terms(library) == before
    await library.assert_counts_are_true()


async def test_publishing_in_another_language_replaces_the_words(library: Library) -> None:
    document = await library.ready("Öffnungszeiten", language="en")
    document.language = "de"
    await library.publish(document)
    assert await terms(library) == {"offnungszeit": 1}
    await library.assert_counts_are_true()


async def test_a_document_that_is_being_deleted_or_gone_is_not_published(library: Library) -> None:
    document = await library.add(BREAD)
    await library.set_state(document, "deleting")
    assert not await library.publish(document)
    async with library.database.tenant_session(library.tenant_id) as session:
        await session.execute(delete(Document))
    assert not await library.publish(document)
    assert await library.rows(LexicalEntry) == []


async def test_forgetting_leaves_no_trace_and_takes_nothing_of_others(library: Library, neighbour: Library) -> None:
    document = await library.ready(BREAD, CAKE)
    await neighbour.ready(BREAD)
    kept = await library.ready(BREAD, "Tea")
    await library.forget(document)
    for table in (Passage, PassageVector, LexicalEntry):
        assert {one.document_id for one in await library.rows(table)} == {kept.id}
    assert await terms(library) == {"loaf": 1, "rye": 1, "bread": 1, "tea": 1}
    assert await terms(neighbour) == {"loaf": 1, "rye": 1, "bread": 1}
    await library.forget(kept)
    for table in TABLES:
        assert await library.rows(table) == []


async def test_forgetting_what_is_not_there_does_nothing(library: Library) -> None:
    document = await library.add(BREAD)
    await library.forget(document)
    await library.forget(document)
    async with library.database.tenant_session(library.tenant_id) as session:
        await writing.forget(session, new_id())
    for table in TABLES:
        assert await library.rows(table) == []


async def test_nothing_is_left_of_a_document_that_was_deleted_without_being_forgotten(library: Library) -> None:
    await library.ready(BREAD)
    async with library.database.tenant_session(library.tenant_id) as session:
        await session.execute(delete(Document))
    for table in (Passage, PassageVector, LexicalEntry):
        assert await library.rows(table) == []


WORD = st.sampled_from(["bread", "cake", "tea", "rye", "wheat", "loaf", "the", "and", "Öffnung", "12", "a/b"])
TEXT = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
STEP = st.one_of(
    st.tuples(
        st.just("publish"),
        st.integers(0, 2),
        st.lists(TEXT, min_size=1, max_size=3),
        st.sampled_from(["en", "de", "pl"]),
    ),
    st.tuples(st.just("again"), st.integers(0, 2), st.just(()), st.just("")),
    st.tuples(st.just("forget"), st.integers(0, 2), st.just(()), st.just("")),
)


class Shelf:
    """Documents by the place at which they are: what is put there replaces what was."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._places: dict[int, Document] = {}

    async def do(self, what: str, place: int, texts: Sequence[str], language: str) -> None:
        old = self._places.get(place)
        if what == "publish":
            new = self._places[place] = await self._library.add(*texts, language=language)
            async with self._library.database.tenant_session(self._library.tenant_id) as session:
                await writing.publish(session, new)
                if old is not None:
                    await writing.forget(session, old.id)
        elif what == "again" and old is not None:
            await self._library.publish(old)
        elif old is not None:
            del self._places[place]
            await self._library.forget(old)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEP, min_size=1, max_size=8))
async def test_counts_are_exact_after_any_sequence(
    index_database: Database, steps: list[tuple[str, int, list[str], str]]
) -> None:
    library = await Library(index_database).opened()
    shelf = Shelf(library)
    for what, place, texts, language in steps:
        await shelf.do(what, place, texts, language)
    await library.assert_counts_are_true()
    for place in range(3):
        await shelf.do("forget", place, (), "")
    for table in TABLES:
        assert await library.rows(table) == []


async def test_counts_are_exact_whatever_happens_at_once_and_nobody_waits_in_a_circle(library: Library) -> None:
    shelves = [Shelf(library) for _ in range(4)]

    async def work(number: int, shelf: Shelf) -> None:
        for step in range(4):
            await shelf.do("publish", step % 2, [f"bread cake {number}", "tea and bread"], "en" if number % 2 else "de")
            await shelf.do("again", step % 2, (), "")
        await shelf.do("forget", 1, (), "")

    await asyncio.gather(*(work(number, shelf) for number, shelf in enumerate(shelves)))
    await library.assert_counts_are_true()
    assert (await terms(library))["bread"] == 2 * len(shelves)


async def test_a_publication_waits_for_the_end_of_another_in_its_knowledge_base_only(library: Library) -> None:
    other = await library.new_base(new_id())
    mine, beside = await library.add(BREAD), await library.add(CAKE)
    elsewhere = await library.add(CAKE, knowledge_base_id=other)
    async with library.database.tenant_session(library.tenant_id) as session:
        await writing.publish(session, mine)
        waiting = asyncio.create_task(library.publish(beside))
        assert await library.publish(elsewhere)
        assert not waiting.done()
    assert await waiting
    await library.assert_counts_are_true()


async def test_waiting_for_the_index_leaves_the_usual_patience_for_locks(library: Library) -> None:
    document = await library.add(BREAD)
    async with library.database.tenant_session(library.tenant_id) as session:
        before = await session.scalar(text("SELECT current_setting('lock_timeout')"))
        await writing.publish(session, document)
        assert await session.scalar(text("SELECT current_setting('lock_timeout')")) == before


@pytest.mark.parametrize("word", ["a" * 65, "ß" * 3000])
async def test_words_that_nobody_asks_for_are_left_out(library: Library, word: str) -> None:
    await library.ready(f"bread {word}")
    assert await terms(library) == {"bread": 1}


async def test_a_passage_without_words_is_counted_nowhere_but_found_by_meaning(library: Library) -> None:
    await library.ready("— … —", "bread")
    await library.assert_counts_are_true()
    assert (await library.texts("", meaning="— … —", limit=1)) == ["— … —"]


async def test_a_word_that_fills_a_passage_is_kept_within_bounds(library: Library) -> None:
    await library.ready("bread " * 3000)
    async with library.database.tenant_session(library.tenant_id) as session:
        [posting] = await session.scalar(select(LexicalEntry.postings)) or []
    assert (posting >> 23, (posting >> 15) & 255) == (0, 255)
    assert await library.texts("bread")
