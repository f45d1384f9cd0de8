"""What an assistant says in a conversation comes from documents that all who hear it may read."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import select

from libs.common.failpoints import FailpointReached, configure_failpoints
from libs.common.ids import new_id
from services.ai.documents.access import VISITOR, Asker, Company, readable_by
from services.ai.documents.models import Document
from tests.services.ai.conversations.world import PRICES, Office
from tests.services.messaging.people import Person

SAFE = "The code of the safe in the office is eleven thirty-four."
ASKED = "What is the code of the safe in the office?"
CODE, UNKNOWN = "eleven thirty-four", "I did not find this"


async def heard(office: Office, by: Person, *others: Person, open_to_all: bool = False) -> str:
    """What is said to the person in a group with the others, which the last of them opened."""
    everybody = [*reversed(others), by]
    group = await office.group(*everybody, open=open_to_all)
    await office.asks(by, group, ASKED)
    await office.answered()
    [text] = await office.said(group, seen_by=by)
    return text


async def test_a_person_alone_with_it_hears_what_they_may_read(office: Office) -> None:
    await office.knows(SAFE, roles=["owner"])
    for person, expected in ((office.owner, CODE), (office.member, UNKNOWN)):
        direct = await office.direct(person)
        await person.send(direct, ASKED)
        await office.answered()
        assert expected in (await office.said(direct, seen_by=person))[0]
        assert expected in await heard(office, person)


async def test_before_others_it_says_nothing_that_one_of_them_may_not_read(office: Office) -> None:
    await office.knows(SAFE, roles=["owner"])
    for asker, other in ((office.owner, office.member), (office.member, office.owner)):
        assert UNKNOWN in await heard(office, asker, other)


async def test_what_all_of_them_may_read_it_says_each_for_a_reason_of_their_own(office: Office) -> None:
    await office.knows(SAFE, roles=["owner"], people=[office.member])
    assert CODE in await heard(office, office.owner, office.member)
    assert CODE in await heard(office, office.member, office.owner)
    assert UNKNOWN in await heard(office, office.owner, office.member, office.other)


async def test_where_anybody_may_join_it_says_what_anybody_may_read(office: Office) -> None:
    await office.knows(SAFE, roles=["owner"])
    await office.knows(PRICES)
    assert UNKNOWN in await heard(office, office.owner, open_to_all=True)
    group = await office.group(office.owner, open=True)
    await office.asks(office.owner, group)
    await office.answered()
    assert "four euros" in (await office.said(group))[0]


async def test_who_has_come_or_gone_since_the_question_counts(office: Office) -> None:
    await office.knows(SAFE, roles=["owner"])
    group = await office.group(office.owner, office.member)
    await office.asks(office.owner, group, ASKED)
    await office.owner.ask("DELETE", f"/{group['id']}/members/{office.member.id}")
    await office.answered()
    await office.asks(office.owner, group, ASKED)
    await office.owner.ask("POST", f"/{group['id']}/members", {"user_ids": [str(office.member.id)]})
    await office.answered()

    first, second = await office.said(group)
    assert CODE in first
    assert UNKNOWN in second


async def test_who_has_come_since_the_answer_was_written_counts(office: Office) -> None:
    await office.knows(SAFE, roles=["owner"])
    group = await office.group(office.owner)
    await office.asks(office.owner, group, ASKED)
    await office.tell()
    configure_failpoints("conversations.answer.written:1:raise")
    with pytest.raises(FailpointReached):
        await office.work()
    configure_failpoints("")
    await office.owner.ask("POST", f"/{group['id']}/members", {"user_ids": [str(office.member.id)]})
    await office.lose_leases()
    await office.work()

    [text] = await office.said(group)
    assert "I could not answer this just now." in text


async def test_a_support_conversation_has_its_admins_in_it(office: Office) -> None:
    await office.knows(SAFE, people=[office.member])
    support = await office.support(office.member)
    await office.member.send(support, ASKED)
    await office.answered()
    assert UNKNOWN in (await office.said(support))[0]


async def found(office: Office, asker: Asker) -> Sequence[str]:
    async with office.ai.database.tenant_session(office.tenant_id) as session:
        return sorted(await session.scalars(select(Document.name).where(readable_by(asker))))


async def test_the_rule_itself(office: Office) -> None:
    await office.knows(PRICES, name="open")
    await office.knows(SAFE, name="owners", roles=["owner"])
    await office.knows(SAFE, name="both", roles=["owner"], people=[office.member])
    await office.knows(SAFE, name="members", roles=["owner", "member"])
    owner, member = office.owner.id, office.member.id

    async def company(*hearers: tuple[UUID | None, str | None]) -> Sequence[str]:
        people, roles = [one for one, _ in hearers], [role for _, role in hearers]
        return await found(office, Asker(owner, "owner", Company(people, roles)))

    assert await company() == ["both", "members", "open", "owners"]
    assert await company((member, "member")) == ["both", "members", "open"]
    assert await company((member, "member"), (new_id(), "member")) == ["members", "open"]
    assert await company((member, None)) == ["both", "open"]
    assert await company((None, None)) == ["open"]
    assert await company((member, "member"), (None, None)) == ["open"]
    assert await found(office, VISITOR) == []


@pytest.mark.parametrize("role", ["admin", "viewer"])
async def test_roles_are_those_of_the_business_not_of_the_conversation(office: Office, role: str) -> None:
    """In a group, its opener is an admin: that is no role in the business."""
    await office.knows(SAFE, roles=[role])
    assert UNKNOWN in await heard(office, office.member)
