"""People who use messaging over HTTP, in tests: what they do in words of the field, and what the API answers."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from libs.common.ids import new_id
from tests.services.messaging.world import Business
from tests.support.identities import access_token, bearer

ROOT = "/v1/conversations"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone of a business; every call is theirs."""

    id: UUID
    tenant_id: UUID
    client: httpx.AsyncClient

    async def ask(self, method: str, path: str, body: Any = None, *, status: int | None = None, **query: Any) -> Any:
        """The answer's JSON (None without a body); fails unless its status is `status`, or any good one."""
        response = await self.call(method, path, body, **query)
        assert response.status_code == status if status else response.is_success, response.text
        return response.json() if response.content else None

    async def call(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """The answer, whatever it is. `path` is below `/v1/conversations`."""
        return await self.client.request(method, f"{ROOT}{path}", json=body, params=query)

    async def refused(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        """Status and code of the problem that the call ends in."""
        response = await self.call(method, path, body, **query)
        assert response.status_code >= 400, response.text
        return response.status_code, response.json()["code"]

    async def direct(self, other: "Person") -> dict[str, Any]:
        return await self.opened(kind="direct", member_ids=[str(other.id)])

    async def group(self, *others: "Person", title: str = "Spring menu", **fields: Any) -> dict[str, Any]:
        return await self.opened(kind="group", title=title, member_ids=[str(one.id) for one in others], **fields)

    async def opened(self, **body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await self.ask("POST", "", body)
        return answer

    async def look(self, conversation: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await self.ask("GET", f"/{conversation['id']}")
        return answer

    async def listed(self, **query: Any) -> list[dict[str, Any]]:
        page = await self.ask("GET", "", **query)
        items: list[dict[str, Any]] = page["items"]
        return items

    async def send(self, conversation: dict[str, Any], text: str = "Hallo", **fields: Any) -> dict[str, Any]:
        body = {"client_message_id": str(new_id()), "text": text, **fields}
        answer: dict[str, Any] = await self.ask("POST", f"/{conversation['id']}/messages", body)
        return answer

    async def history(self, conversation: dict[str, Any], **query: Any) -> dict[str, Any]:
        page: dict[str, Any] = await self.ask("GET", f"/{conversation['id']}/messages", **query)
        return page

    async def members(self, conversation: dict[str, Any]) -> dict[str, str]:
        """Roles by user id."""
        page = await self.ask("GET", f"/{conversation['id']}/members", limit=100)
        return {one["user_id"]: one["role"] for one in page["items"]}


@dataclass(frozen=True)
class Team:
    """The people of a business: the owner first."""

    tenant_id: UUID
    people: Sequence[Person]
    viewer: Person

    def __getitem__(self, index: int) -> Person:
        return self.people[index]


def message_path(message: dict[str, Any]) -> str:
    """Below `/v1/conversations`."""
    return f"/{message['conversation_id']}/messages/{message['id']}"


@asynccontextmanager
async def opened_team(url: str, business: Business) -> AsyncIterator[Team]:
    """Each of the business's people with a client of their own; and the second one again, who may only look."""

    def person(user_id: UUID, role: str) -> Person:
        token = access_token(business.id, role=role, user_id=user_id)
        client = httpx.AsyncClient(base_url=url, headers=bearer(token), timeout=30)
        return Person(id=user_id, tenant_id=business.id, client=client)

    people = [person(one, "member" if index else "owner") for index, one in enumerate(business.people)]
    viewer = person(business.people[1], "viewer")
    try:
        yield Team(business.id, people, viewer)
    finally:
        for one in (*people, viewer):
            await one.client.aclose()
