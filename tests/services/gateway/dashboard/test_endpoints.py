"""The dashboard through the whole gateway, with real calls to services."""

from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI, Request

from libs.common.problems import NotFound, install_problem_handlers
from libs.common.security.assertions import AssertionVerifier
from tests.services.gateway.running import gateway_before
from tests.support.http_server import served
from tests.support.identities import SERVICE_PUBLIC_KEYS, as_member, bearer, jwks

APPS = ("crm", "files", "booking", "email_marketing", "website")


def _services(name: str) -> FastAPI:
    """What auth, billing and the provisioner answer the gateway, to callers that prove themselves only."""
    app = FastAPI()
    install_problem_handlers(app)
    assertions = AssertionVerifier(name, SERVICE_PUBLIC_KEYS)

    def check(request: Request) -> None:
        caller = assertions.caller(request.headers["authorization"].removeprefix("Bearer "))
        assert caller == "gateway"

    @app.get("/.well-known/jwks.json")
    async def keys() -> dict[str, Any]:
        return {"keys": await jwks()}

    @app.get("/internal/tenants/{tenant_id}")
    async def tenant(tenant_id: UUID, request: Request) -> dict[str, Any]:
        check(request)
        return {
            "id": str(tenant_id),
            "slug": "a-k3x9",
            "name": "A",
            "locale": "en",
            "time_zone": "UTC",
            "country": None,
            "home_region": "us-east-1",
        }

    @app.get("/internal/tenants/{tenant_id}/stack-overview")
    async def overview(tenant_id: UUID, request: Request) -> dict[str, Any]:
        check(request)
        apps = {app: {"status": "healthy", "url": f"http://a-k3x9.localhost/{app}"} for app in APPS}
        stack = {
            "status": "healthy",
            "url": "http://a-k3x9.localhost",
            "host_kind": "shared",
            "apps": apps,
            "uptime": 1.0,
            "storage_bytes": 5,
            "bandwidth_bytes": 0,
            "last_backup_at": None,
        }
        return {"stack": stack, "deployments": []}

    @app.get("/internal/tenants/{tenant_id}/billing-summary")
    async def billing(tenant_id: UUID) -> None:
        raise NotFound

    return app


async def test_a_member_sees_their_business_and_what_is_down_by_name() -> None:
    tenant_id = uuid4()
    async with (
        served(_services("auth")) as auth,
        served(_services("provisioner")) as provisioner,
        gateway_before({"auth": auth, "provisioner": provisioner}) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answer = await client.get("/v1/dashboard", headers=as_member(tenant_id))
        assert (await client.get("/v1/dashboard")).status_code == 401
        assert (await client.get("/v1/dashboard", headers=bearer("nonsense"))).status_code == 401
    dashboard = answer.json()
    assert answer.status_code == 200
    assert set(dashboard) == {"tenant", "trial", "subscription", "stack", "deployments", "unavailable"}
    assert dashboard["tenant"]["id"] == str(tenant_id)
    assert set(dashboard["stack"]["apps"]) == set(APPS)
    assert (dashboard["trial"], dashboard["unavailable"]) == (None, ["trial", "subscription"])
    assert answer.headers["ratelimit"].startswith('"tenant"')
