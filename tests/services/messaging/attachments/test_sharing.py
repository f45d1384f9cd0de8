"""Other services get files of conversations only for people who may see them, and only what passed its check."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from libs.common.http_client import ServiceHttp, ServiceRefused
from libs.common.problems import NotFound
from libs.common.security.assertions import AssertionSigner
from libs.contracts.messaging import MessagingClient, SharedFile
from tests.services.messaging.attachments.files import HELLO, Files
from tests.services.messaging.people import Person
from tests.support.identities import SERVICE_KEYS


@pytest.fixture
async def client(messaging_url: str) -> AsyncIterator[MessagingClient]:
    http = ServiceHttp("messaging", messaging_url, AssertionSigner("ai", SERVICE_KEYS["ai"]))
    yield MessagingClient(http)
    await http.aclose()


async def _shared(client: MessagingClient, files: Files, attachment_id: str, to: Person) -> SharedFile:
    place = UUID(files.conversation["id"]), UUID(attachment_id)
    return await client.get_shared_file(files.team.tenant_id, *place, user_id=to.id)


async def test_a_file_of_a_message_is_given_for_those_who_take_part_alone(
    client: MessagingClient, files: Files
) -> None:
    ada, bob, eve = files.team.people
    checked = await files.checked(ada, file_name="menu.txt")
    with pytest.raises(NotFound):
        await _shared(client, files, checked["id"], bob)
    await ada.send(files.conversation, attachment_ids=[checked["id"]])

    file = await _shared(client, files, checked["id"], bob)

    assert (file.file_name, file.content_type, file.size) == ("menu.txt", "text/plain", len(HELLO))
    async with httpx.AsyncClient() as plain:
        assert (await plain.get(file.url)).content == HELLO
    with pytest.raises(NotFound):
        await _shared(client, files, checked["id"], eve)


async def test_a_file_that_is_not_checked_yet_is_not_given(client: MessagingClient, files: Files) -> None:
    with pytest.raises(ServiceRefused):
        await _shared(client, files, await files.completed(files.team[0]), files.team[0])
