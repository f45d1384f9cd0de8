"""Search finds by the beginnings of words what the asker may read, and the database alone tells no word."""

from typing import Any

import pytest

from libs.common.ids import new_id
from services.messaging.context import MessagingContext
from services.messaging.search.tokens import folded, tokens_of_text, tokens_of_words, words_in
from tests.services.messaging.people import Person, Team, message_path, opened_team
from tests.services.messaging.world import new_business

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


async def found(person: Person, q: str, **query: Any) -> list[str]:
    page = await person.ask("GET", "/search", q=q, **query)
    return [hit["message"]["text"] for hit in page["items"]]


async def test_words_are_found_by_their_beginnings_without_case_and_accents(team: Team) -> None:
    group = await team[0].group(team[1])
    texts = ["Die Straße zum Bäcker", "STRASSENBAHN in 2 Minuten", "Le café est là, déjà vu", "東京で会いましょう"]
    for text in texts:
        await team[0].send(group, text)

    for query, expected in (
        ("strasse", [1, 0]),
        ("straße bäcker", [0]),
        ("BACK", [0]),
        ("äcker", []),
        ("cafe deja", [2]),
        ("caf xyz", []),
        ("2 min", [1]),
        ("la", [2]),
        ("es", []),
        ("東京", [3]),
        ("?!", []),
        ("", []),
    ):
        assert await found(team[1], query) == [texts[one] for one in expected], query


async def test_the_places_of_the_words_are_given_as_javascript_counts(team: Team) -> None:
    group = await team[0].group()
    text = "🥨 Brezeln, brezelfrisch 🥨 und Brot"
    await team[0].send(group, text)

    [hit] = (await team[0].ask("GET", "/search", q="brez bro"))["items"]

    units = text.encode("utf-16-le")
    words = [units[2 * one["start"] : 2 * one["end"]].decode("utf-16-le") for one in hit["found"]]
    assert words == ["Brezeln", "brezelfrisch", "Brot"]


async def test_only_those_who_take_part_find_a_message(
    messaging: MessagingContext, messaging_url: str, team: Team
) -> None:
    group, direct = await team[0].group(team[1]), await team[0].direct(team[2])
    await team[0].send(group, "secret of the group")
    await team[0].send(direct, "secret of two")

    assert await found(team[0], "secret") == ["secret of two", "secret of the group"]
    assert await found(team[1], "secret") == ["secret of the group"]
    assert await found(team[0], "secret", conversation_id=group["id"]) == ["secret of the group"]
    refused = await team[2].refused("GET", "/search", q="secret", conversation_id=group["id"])
    assert refused == (404, "conversation_not_found")
    async with opened_team(messaging_url, await new_business(messaging)) as others:
        assert await found(others[0], "secret") == []
        strange = await others[0].refused("GET", "/search", q="secret", conversation_id=group["id"])
        assert strange == (404, "conversation_not_found")

    await team[0].ask("DELETE", f"/{group['id']}/members/{team[1].id}")
    assert await found(team[1], "secret") == []


async def test_what_was_edited_or_deleted_is_found_as_it_stands(team: Team) -> None:
    group = await team[0].group()
    sent = await team[0].send(group, "apples")
    await team[0].ask("PATCH", message_path(sent), {"text": "pears"})
    assert (await found(team[0], "apples"), await found(team[0], "pears")) == ([], ["pears"])

    await team[0].ask("DELETE", message_path(sent))
    assert await found(team[0], "pears") == []


async def test_hits_are_paged_newest_first(team: Team) -> None:
    group = await team[0].group(team[1])
    for number in range(5):
        await team[0].send(group, f"page {number}")
    texts: list[str] = []
    query: dict[str, Any] = {"q": "page", "limit": 2}
    while True:
        page = await team[1].ask("GET", "/search", **query)
        texts += [hit["message"]["text"] for hit in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert texts == [f"page {number}" for number in reversed(range(5))]
    assert await team[0].refused("GET", "/search", **(query | {"q": "other"})) == (400, "bad_cursor")


def test_tokens_are_of_the_tenants_key_and_one_conversation() -> None:
    here, there = new_id(), new_id()
    tokens = set(tokens_of_text("Brezeln", KEY, here))
    assert len(tokens) == len("brezeln") - 2
    [[asked_here, asked_there]] = tokens_of_words(["brez"], KEY, [here, there])
    assert asked_here in tokens
    assert asked_there not in tokens
    assert not tokens & {*tokens_of_text("Brezeln", OTHER_KEY, here), *tokens_of_text("Brezeln", KEY, there)}
    assert tokens_of_text("Brezeln", None, here) == []


def test_a_long_word_is_found_by_its_first_letters() -> None:
    here, long = new_id(), "x" * 1000
    tokens = tokens_of_text(long, KEY, here)
    assert len(tokens) == 22
    assert tokens_of_words([long], KEY, [here])[0][0] in tokens
    assert all(-(2**63) <= token < 2**63 for token in tokens)


@pytest.mark.parametrize(
    ("text", "plain"), [("Straße", "strasse"), ("Ångström", "angstrom"), ("ﬁne", "fine"), ("Ⅷ", "viii"), ("É", "e")]
)
def test_words_are_folded(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_words_are_letters_and_digits_with_their_places() -> None:
    text = f"it's <@{new_id()}>: x_y, 42km!"
    assert [one.folded for one in words_in("it's x_y, 42km!")] == ["it", "s", "x", "y", "42km"]
    assert [text[one.start : one.end] for one in words_in(text)] == ["it", "s", "x", "y", "42km"]
