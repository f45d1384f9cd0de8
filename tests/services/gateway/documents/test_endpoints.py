"""The document and its page, as a visitor gets them."""

import re
from contextlib import AsyncExitStack

import httpx
from fastapi import FastAPI
from openapi_spec_validator import validate

from services.gateway.documents.service import Documents
from tests.services.gateway.running import gateway_before
from tests.support.http_server import served


def _service() -> FastAPI:
    app = FastAPI(title="billing")

    @app.get("/v1/billing/plans", operation_id="list_plans")
    async def plans() -> list[str]:
        return []

    @app.get("/internal/plans/{plan}")
    async def plan(plan: str) -> str:
        return plan

    return app


async def test_the_document_holds_what_is_up_and_names_what_is_down() -> None:
    async with (
        served(_service()) as billing,
        gateway_before({"billing": billing}) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        document = (await client.get("/openapi.json")).json()
    validate(document)
    assert {"/v1/billing/plans", "/v1/dashboard", "/v1/status", "/health"} == set(document["paths"])
    assert document["x-unavailable"] == ["auth", "provisioner", "messaging", "ai"]
    assert "auth, provisioner" in document["info"]["description"]
    assert document["paths"]["/v1/dashboard"]["get"]["security"]


async def test_a_service_that_went_down_stays_described() -> None:
    async with AsyncExitStack() as up, httpx.AsyncClient() as http:
        documents = Documents(http, {"billing": await up.enter_async_context(served(_service()))}, whole_seconds=0)
        assert b"/v1/billing/plans" in await documents.merged({})
        await up.aclose()
        assert b"/v1/billing/plans" in await documents.merged({})


async def test_the_page_loads_nothing_from_elsewhere_and_its_policy_says_so() -> None:
    async with gateway_before({}) as (url, _), httpx.AsyncClient(base_url=url) as client:
        page = await client.get("/docs")
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "<script>" not in page.text
        for source in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            assert source.startswith("/")
            if source.startswith("/docs/"):
                assert (await client.get(source)).status_code == 200
