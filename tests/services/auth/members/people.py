"""A business and its people, over HTTP, and the tokens of the links that were sent."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from libs.common.ids import new_id
from services.auth.context import AuthContext
from tests.services.auth.factories import sign_up
from tests.support.identities import bearer

NEW_PASSWORD = "four loud herons paint a tunnel"


@dataclass(frozen=True, kw_only=True)
class Someone:
    """A person who is signed in to a business."""

    user_id: str
    email: str
    tenant_id: UUID
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return bearer(self.access_token)


def someone(answer: dict[str, Any]) -> Someone:
    """Of an answer to sign-up or acceptance."""
    return Someone(
        user_id=answer["user"]["id"],
        email=answer["user"]["email"],
        tenant_id=UUID(answer["tenant"]["id"]),
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
    )


async def new_owner(client: httpx.AsyncClient, **changes: Any) -> Someone:
    """Somebody who signed up a business."""
    return someone(await sign_up(client, **changes))


def new_address() -> str:
    return f"grace-{new_id().hex}@example.com"


async def invite(client: httpx.AsyncClient, by: Someone, email: str, *, role: str = "member") -> httpx.Response:
    return await client.post("/v1/members/invitations", json={"email": email, "role": role}, headers=by.headers)


async def invited(
    client: httpx.AsyncClient, context: AuthContext, by: Someone, email: str | None = None, *, role: str = "member"
) -> str:
    """Invites, and returns the token that stands in the mail's link."""
    response = await invite(client, by, email or new_address(), role=role)
    assert response.status_code == 201, response.text
    return context.invitation_tokens.of(UUID(response.json()["id"]))


async def accept(client: httpx.AsyncClient, token: str, **changes: Any) -> httpx.Response:
    body = {"token": token, "password": NEW_PASSWORD, "full_name": "Grace H"} | changes
    return await client.post("/v1/auth/invitations/accept", json=body)


async def look(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/v1/auth/invitations/look", json={"token": token})


async def joined(client: httpx.AsyncClient, context: AuthContext, by: Someone, *, role: str = "member") -> Someone:
    """Somebody new in the business."""
    response = await accept(client, await invited(client, context, by, role=role))
    assert response.status_code == 201, response.text
    return someone(response.json())


async def change_role(client: httpx.AsyncClient, by: Someone, whom: Someone, role: str) -> httpx.Response:
    return await client.patch(f"/v1/members/{whom.user_id}", json={"role": role}, headers=by.headers)


async def remove(client: httpx.AsyncClient, by: Someone, whom: Someone) -> httpx.Response:
    return await client.delete(f"/v1/members/{whom.user_id}", headers=by.headers)


async def people(client: httpx.AsyncClient, by: Someone) -> dict[str, str]:
    """Roles by user id, as `by` sees them."""
    answer = (await client.get("/v1/members", headers=by.headers)).json()
    return {item["user_id"]: item["role"] for item in answer["items"]}


def refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]
