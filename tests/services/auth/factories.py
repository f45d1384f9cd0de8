"""People who sign up."""

from collections.abc import Mapping
from typing import Any

import httpx

from libs.common.ids import new_id

PASSWORD = "correct horse battery staple 7"
WEB_APP = "http://127.0.0.1:3000"
WEB_APP_IN_PRODUCTION = "https://app.example.com"
COOKIE = "stackpro_session"
FROM_THE_WEB_APP = {"Origin": WEB_APP, "X-CSRF-Protection": "1"}
"""The headers by which a page of the web app proves itself."""


def sign_up_body(**changes: Any) -> dict[str, Any]:
    """A valid sign-up with an address that nobody has."""
    address = f"ada-{new_id().hex}@example.com"
    return {"email": address, "password": PASSWORD, "full_name": "Ada L", "company": "Bäcker & Söhne"} | changes


async def sign_up(
    client: httpx.AsyncClient, *, headers: Mapping[str, str] | None = None, **changes: Any
) -> dict[str, Any]:
    """Signs up and returns the answer."""
    response = await client.post("/v1/auth/signup", json=sign_up_body(**changes), headers=headers)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def sign_up_in_browser(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """Signs up as the web app does; the client's jar holds the cookie then."""
    body = sign_up_body(session="cookie", **changes)
    response = await client.post("/v1/auth/signup", json=body, headers=FROM_THE_WEB_APP)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer
