"""The plain pages say where one is and what is next."""

import httpx
import pytest

from tests.services.gateway.running import gateway_before


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/", "/docs"),
        ("/checkout/success/?session_id=cs_1", "payment was received"),
        ("/checkout/cancel/", "no money was taken"),
    ],
)
async def test_a_page_is_readable_html(path: str, says: str) -> None:
    async with gateway_before({}) as (url, _), httpx.AsyncClient(base_url=url) as client:
        page = await client.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert says in page.text
    assert "$" not in page.text
