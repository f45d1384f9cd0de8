"""The platform's state as everybody may see it."""

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI

from tests.services.gateway.running import gateway_before
from tests.support.http_server import served

ALL = ("ai", "auth", "billing", "messaging", "provisioner")


def _service(database: str = "ok", *, ready: asyncio.Event | None = None) -> FastAPI:
    app = FastAPI()

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        if ready is not None:
            await ready.wait()
        return {"status": "ready"}

    @app.get("/internal/operations/health")
    async def health() -> dict[str, Any]:
        return {"dependencies": {"postgres": database}, "pools": {"app": "1 of 10"}}

    return app


async def test_a_whole_platform_is_operational_without_a_sign_in() -> None:
    async with (
        served(_service()) as service,
        gateway_before(dict.fromkeys(ALL, service)) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answer = await client.get("/v1/status")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "operational",
        "services": [{"name": name, "status": "operational"} for name in ALL],
    }


async def test_a_service_without_its_database_is_unavailable_and_nothing_inside_it_is_told() -> None:
    async with (
        served(_service()) as well,
        served(_service("does not answer: ConnectionRefusedError")) as billing,
        gateway_before({**dict.fromkeys(ALL, well), "billing": billing}) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answer = await client.get("/v1/status")
    assert answer.json() == {
        "status": "degraded",
        "services": [
            {"name": "ai", "status": "operational"},
            {"name": "auth", "status": "operational"},
            {"name": "billing", "status": "unavailable"},
            {"name": "messaging", "status": "operational"},
            {"name": "provisioner", "status": "operational"},
        ],
    }


async def test_valkey_is_no_service_and_its_loss_degrades_nothing() -> None:
    async with (
        served(_service()) as service,
        gateway_before(dict.fromkeys(ALL, service), valkey_url="redis://127.0.0.1:1") as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        status = (await client.get("/v1/status")).json()
    assert (status["status"], len(status["services"])) == ("operational", len(ALL))


async def test_a_service_that_hangs_does_not_make_the_answer_hang() -> None:
    ready = asyncio.Event()
    async with (
        served(_service()) as well,
        served(_service(ready=ready)) as hanging,
        gateway_before({**dict.fromkeys(ALL, well), "billing": hanging}) as (url, _),
        httpx.AsyncClient(base_url=url, timeout=10) as client,
    ):
        answers = await asyncio.gather(*(client.get("/v1/status") for _ in range(3)))
        ready.set()
    assert [answer.json()["services"][ALL.index("billing")]["status"] for answer in answers] == ["unavailable"] * 3


async def test_it_is_counted_against_the_address_like_the_rest() -> None:
    async with (
        gateway_before({}, limits={"address_requests": 2}) as (url, _),
        httpx.AsyncClient(base_url=url, timeout=10) as client,
    ):
        answers = [await client.get("/v1/status") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert '"address"' in answers[0].headers["ratelimit-policy"]
