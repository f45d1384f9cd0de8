"""People who sign up."""

from typing import Any

import httpx

from libs.common.ids import new_id

PASSWORD = "correct horse battery staple 7"


def sign_up_body(**changes: Any) -> dict[str, Any]:
    """A valid sign-up with an address that nobody has."""
    address = f"ada-{new_id().hex}@example.com"
    return {"email": address, "password": PASSWORD, "full_name": "Ada L", "company": "Bäcker & Söhne"} | changes


async def sign_up(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """Signs up and returns the answer."""
    response = await client.post("/v1/auth/signup", json=sign_up_body(**changes))
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer
