"""Probes speak for the gateway alone; the health view speaks for all."""

from typing import Any

import httpx
from fastapi import FastAPI

from tests.services.gateway.running import gateway_before
from tests.support.http_server import served

SERVICES = ("ai", "auth", "billing", "messaging", "provisioner")


def _service(database: str) -> FastAPI:
    app = FastAPI()

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ready"}

    @app.get("/internal/operations/health")
    async def health() -> dict[str, Any]:
        return {"dependencies": {"postgres": database}, "pools": {"app": "1 of 10"}}

    return app


async def test_the_gateway_is_ready_whoever_else_is_not() -> None:
    async with gateway_before({}) as (url, app), httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/livez")).json() == {"status": "alive"}
        assert (await client.get("/readyz")).status_code == 200
        app.state.draining = True
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/livez")).status_code == 200


async def test_all_well_is_ok_with_the_details(valkey_url: str) -> None:
    async with (
        served(_service("ok")) as service,
        gateway_before(dict.fromkeys(SERVICES, service), valkey_url=valkey_url) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        health = (await client.get("/health")).json()
    assert health["status"] == "ok"
    assert set(health["parts"]) == {*SERVICES, "valkey"}
    assert health["parts"]["auth"]["pools"] == {"app": "1 of 10"}


async def test_what_is_down_is_named() -> None:
    async with (
        served(_service("does not answer")) as billing,
        gateway_before({"billing": billing}, valkey_url="redis://127.0.0.1:1") as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answer = await client.get("/health")
    parts = answer.json()["parts"]
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert parts["auth"]["status"].startswith("does not answer")
    assert parts["billing"] == {
        "status": "ok",
        "dependencies": {"postgres": "does not answer"},
        "pools": {"app": "1 of 10"},
    }
    assert "counted per process" in parts["valkey"]["status"]


async def test_metrics_are_for_whoever_holds_the_token() -> None:
    async with (
        gateway_before({}, metrics_token="scrape") as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        await client.get("/")
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/metrics", headers={"Authorization": "Bearer wrong"})).status_code == 404
        metrics = await client.get("/metrics", headers={"Authorization": "Bearer scrape"})
        assert "gateway_request_duration_seconds" in metrics.text
    async with gateway_before({}) as (url, _), httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/metrics", headers={"Authorization": "Bearer None"})).status_code == 404
