"""The contract of the history port, on both of its forms."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from libs.adapters.history import (
    MAX_BODY_BYTES,
    ArchivedMessage,
    DynamoHistorySettings,
    History,
    HistoryError,
    HistorySettings,
    HistoryTableMissing,
    LocalHistorySettings,
    NoHistorySettings,
    open_history,
)
from libs.common.ids import new_id

TENANT, CONVERSATION = new_id(), new_id()


@pytest.fixture(params=["local", "aws"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> HistorySettings:
    if request.param == "local":
        return LocalHistorySettings(path=tmp_path / "history" / "messages.db")
    return DynamoHistorySettings(aws=request.getfixturevalue("aws"), table=f"history-{secrets.token_hex(4)}")


@pytest.fixture
async def history(settings: HistorySettings) -> AsyncIterator[History]:
    async with open_history(settings) as history:
        assert history is not None
        await history.ensure()
        yield history


def message(
    seq: int,
    *,
    version: int = 0,
    body: bytes = b"sealed",
    tenant_id: UUID = TENANT,
    conversation_id: UUID = CONVERSATION,
    thread_root_id: UUID | None = None,
) -> ArchivedMessage:
    return ArchivedMessage(
        tenant_id=tenant_id,
        conversation_id=conversation_id,
        seq=seq,
        message_id=new_id(),
        version=version or seq,
        thread_root_id=thread_root_id,
        body=body,
    )


async def everything(
    history: History, tenant_id: UUID = TENANT, conversation_id: UUID = CONVERSATION
) -> list[ArchivedMessage]:
    return await history.newer(tenant_id, conversation_id, after=0, limit=1000)


async def test_messages_come_back_as_they_were_put_and_in_their_order(history: History) -> None:
    put = [message(seq, body=secrets.token_bytes(50)) for seq in (1, 2, 9, 10, 123_456_789_012)]

    await history.put(put[::-1])

    assert await everything(history) == put


async def test_pages_go_in_both_directions_and_end_where_there_is_no_more(history: History) -> None:
    await history.put([message(seq) for seq in range(10, 20)])

    async def older(before: int, limit: int) -> list[int]:
        return [found.seq for found in await history.older(TENANT, CONVERSATION, before=before, limit=limit)]

    async def newer(after: int, limit: int) -> list[int]:
        return [found.seq for found in await history.newer(TENANT, CONVERSATION, after=after, limit=limit)]

    assert await older(15, 3) == [12, 13, 14]
    assert await older(12, 3) == [10, 11]
    assert await older(10, 3) == await older(0, 3) == []
    assert await newer(15, 3) == [16, 17, 18]
    assert await newer(17, 3) == [18, 19]
    assert await newer(19, 3) == []


async def test_the_newest_version_stands_whatever_order_they_come_in(history: History) -> None:
    second = message(1, version=7, body=b"second")
    first, third = replace(second, version=1, body=b"first"), replace(second, version=9, body=b"third")

    for put in ([second], [first], [third], [second], [first, second]):
        await history.put(put)

    assert await everything(history) == [third]


async def test_the_same_version_put_again_is_the_last_word(history: History) -> None:
    put = message(1, body=b"one")
    await history.put([put])
    await history.put([replace(put, body=b"other")])

    assert [found.body for found in await everything(history)] == [b"other"]


async def test_a_message_is_found_by_its_id_as_it_stands(history: History) -> None:
    put = message(5, thread_root_id=new_id())
    await history.put([put, message(6)])
    await history.put([replace(put, version=8, body=b"edited")])

    assert await history.find(TENANT, put.message_id) == replace(put, version=8, body=b"edited")
    assert await history.find(TENANT, new_id()) is None


async def test_a_thread_is_read_by_itself(history: History) -> None:
    root, other = new_id(), new_id()
    replies = [message(seq, thread_root_id=root) for seq in (3, 5, 8)]
    await history.put([*replies, message(4, thread_root_id=other), message(6)])

    assert await history.newer(TENANT, CONVERSATION, after=3, limit=5, thread_root_id=root) == replies[1:]
    assert await history.older(TENANT, CONVERSATION, before=8, limit=1, thread_root_id=root) == [replies[1]]


async def test_another_tenant_finds_nothing(history: History) -> None:
    root = new_id()
    put = message(1, thread_root_id=root)
    await history.put([put])
    stranger = new_id()

    assert await everything(history, tenant_id=stranger) == []
    assert await history.older(stranger, CONVERSATION, before=9, limit=9, thread_root_id=root) == []
    assert await history.find(stranger, put.message_id) is None
    await history.delete_conversation(stranger, CONVERSATION)
    assert await everything(history) == [put]


async def test_a_deleted_conversation_is_gone_and_no_other(history: History) -> None:
    other = new_id()
    await history.put([message(seq) for seq in range(1, 61)] + [message(1, conversation_id=other)])

    await history.delete_conversation(TENANT, CONVERSATION)
    await history.delete_conversation(TENANT, CONVERSATION)

    assert await everything(history) == []
    assert len(await everything(history, conversation_id=other)) == 1


async def test_pages_are_whole_however_large_the_messages_are(history: History) -> None:
    put = [message(seq, body=secrets.token_bytes(MAX_BODY_BYTES)) for seq in range(1, 6)]
    await history.put(put)

    assert await everything(history) == put


async def test_a_body_that_no_form_takes_is_refused_with_all_that_came_with_it(history: History) -> None:
    with pytest.raises(HistoryError):
        await history.put([message(1), message(2, body=b"x" * (MAX_BODY_BYTES + 1))])

    assert await everything(history) == []


async def test_the_table_is_made_once_and_missed_before(settings: HistorySettings) -> None:
    async with open_history(settings) as history:
        assert history is not None
        if isinstance(settings, LocalHistorySettings):
            settings.path.parent.mkdir(parents=True)
        with pytest.raises(HistoryTableMissing):
            await history.ping()
        await history.ensure()
        await history.put([message(1)])
        await history.ensure()
        await history.ping()
        assert len(await everything(history)) == 1


async def test_without_a_tier_there_is_nothing_to_ask() -> None:
    async with open_history(NoHistorySettings()) as history:
        assert history is None
