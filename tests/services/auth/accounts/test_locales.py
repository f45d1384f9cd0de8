"""Which language a visitor gets."""

import httpx
import pytest

from services.auth.accounts.locales import preferred_language
from tests.services.auth.factories import sign_up
from tests.support.identities import as_service


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("DE-ch", "de"),
        ("en;q=0.5, de;q=0.7", "de"),
        ("en-GB, de;q=0.9", "en"),
        ("fr-FR, de;q=0.4, *;q=0.1", "de"),
        ("fr, it", "en"),
        ("de;q=0, fr", "en"),
        ("de;q=2", "en"),
        ("de;q=x, ;;;,,", "en"),
        ("x" * 999 + ",de", "en"),
    ],
)
def test_the_known_language_that_the_browser_ranks_highest_is_taken(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


async def test_a_sign_up_sets_the_language_of_person_and_business(client: httpx.AsyncClient) -> None:
    by_header = await sign_up(client, headers={"Accept-Language": "de-DE,de;q=0.9"})
    chosen = await sign_up(client, headers={"Accept-Language": "de"}, locale="en")
    for answer, language in ((by_header, "de"), (chosen, "en")):
        path = f"/internal/tenants/{answer['tenant']['id']}"
        tenant = await client.get(path, headers=as_service("billing", to="auth"))
        assert (answer["user"]["locale"], tenant.json()["locale"]) == (language, language)
