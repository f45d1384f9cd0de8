"""The edge serves a stack exactly when its name resolves, a rule matches and a target answers."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from sandbox.edge.app import create_app
from sandbox.edge.settings import EdgeSettings
from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.dns import Alias, DnsRecord
from tests.sandbox.hosts.test_room import boot
from tests.support.emulated_cloud import cloud_port, first_listener
from tests.support.eventually import eventually
from tests.support.http_server import served

TAGS = {"Tenant": "t", "ManagedBy": "stackpro"}


@asynccontextmanager
async def edge(folder: Path) -> AsyncIterator[tuple[Cloud, httpx.AsyncClient]]:
    async with cloud_port(folder) as (cloud, emulated):
        app = create_app(EdgeSettings(cloud_url=emulated.url, hosts=folder / "hosts", port=0))
        async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=5) as client:

            async def ready() -> bool:
                return (await client.get("/readyz")).status_code == 200

            await eventually(ready)
            yield cloud, client


async def test_a_name_is_served_from_record_over_rule_to_target(tmp_path: Path) -> None:
    async with edge(tmp_path) as (cloud, client), served(echo) as machine:
        assert await status(client, "acme.localhost") == 404

        group = await cloud.load_balancing.create_target_group("acme", port=80, health_path="/health", tags=TAGS)
        hosts = ["acme.localhost", "*.acme.localhost"]
        await cloud.load_balancing.create_rule(
            first_listener(cloud), "acme", hosts=hosts, target_group_arn=group.arn, tags=TAGS
        )
        assert await status(client, "acme.localhost") == 404
        await publish(cloud, *hosts)
        await eventually_status(client, "acme.localhost", 503)

        made = await boot(cloud, "acme")
        await cloud.load_balancing.register_target(group.arn, made.id, 8081)
        assert await state(cloud, group.arn) == "unhealthy"
        listen(tmp_path, made.id, machine)

        await eventually_status(client, "acme.localhost", 200)
        assert await state(cloud, group.arn) == "healthy"
        reply = await client.post(
            "/a%20b?c=d", headers={"Host": "crm.acme.localhost:8123", "X-Own": "1"}, content=b"x" * 100_000
        )
        seen = reply.json()
        assert seen["target"] == "/a%20b?c=d"
        assert seen["length"] == 100_000
        assert seen["headers"]["host"] == "crm.acme.localhost:8123"
        assert seen["headers"]["x-own"] == "1"
        assert seen["headers"]["x-forwarded-for"] == "127.0.0.1"
        assert await status(client, "another.localhost") == 404

        await cloud.instances.stop(made.id)
        assert await state(cloud, group.arn) == "unused"


async def test_a_rule_serves_only_names_that_lead_to_its_load_balancer(tmp_path: Path) -> None:
    async with edge(tmp_path) as (cloud, client):
        group = await cloud.load_balancing.create_target_group("acme", port=80, health_path="/", tags=TAGS)
        for listener, host in (
            (first_listener(cloud), "acme.localhost"),
            (cloud.account.load_balancers[1].listener_arn, "other.localhost"),
        ):
            await cloud.load_balancing.create_rule(listener, host, hosts=[host], target_group_arn=group.arn, tags=TAGS)
        await publish(cloud, "acme.localhost", "other.localhost")

        await eventually_status(client, "acme.localhost", 503)
        assert await status(client, "other.localhost") == 404


async def test_a_machine_that_takes_no_connection_gives_503(tmp_path: Path) -> None:
    async with edge(tmp_path) as (cloud, client):
        group = await cloud.load_balancing.create_target_group("acme", port=80, health_path="/", tags=TAGS)
        await cloud.load_balancing.create_rule(
            first_listener(cloud),
            "acme",
            hosts=["acme.localhost"],
            target_group_arn=group.arn,
            tags=TAGS,
        )
        await cloud.load_balancing.register_target(group.arn, "i-0123456789abcdef0", 80)
        await publish(cloud, "acme.localhost")
        listen(tmp_path, "i-0123456789abcdef0", "http://127.0.0.1:1")

        await eventually_status(client, "acme.localhost", 503)


async def test_an_answer_that_breaks_off_is_not_passed_on_as_whole(tmp_path: Path) -> None:
    async with edge(tmp_path) as (cloud, client), served(breaking) as machine:
        group = await cloud.load_balancing.create_target_group("acme", port=80, health_path="/", tags=TAGS)
        await cloud.load_balancing.create_rule(
            first_listener(cloud),
            "acme",
            hosts=["acme.localhost"],
            target_group_arn=group.arn,
            tags=TAGS,
        )
        await cloud.load_balancing.register_target(group.arn, "i-0123456789abcdef0", 80)
        listen(tmp_path, "i-0123456789abcdef0", machine)
        await publish(cloud, "acme.localhost")
        await eventually_status(client, "acme.localhost", 200, path="/whole")

        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/broken", headers={"Host": "acme.localhost"})


async def publish(cloud: Cloud, *names: str) -> None:
    account = cloud.account
    alias = Alias(dns_name=account.load_balancers[0].dns_name, zone_id=account.load_balancers[0].zone_id)
    for name in names:
        await cloud.dns.create(DnsRecord(name=name, type="A", alias=alias))


def listen(folder: Path, instance_id: str, url: str) -> None:
    disk = folder / "hosts" / instance_id
    disk.mkdir(parents=True, exist_ok=True)
    (disk / "agent.json").write_text(json.dumps({"port": httpx.URL(url).port}))


async def status(client: httpx.AsyncClient, host: str, *, path: str = "/") -> int:
    return (await client.get(path, headers={"Host": host})).status_code


async def eventually_status(client: httpx.AsyncClient, host: str, wanted: int, *, path: str = "/") -> None:
    async def reached() -> bool:
        return await status(client, host, path=path) == wanted

    await eventually(reached)


async def state(cloud: Cloud, target_group_arn: str) -> str:
    (health,) = await cloud.load_balancing.target_health(target_group_arn)
    return health.state


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what it was asked."""
    if scope["type"] == "lifespan":
        return await _live(receive, send)
    length = 0
    while True:
        message = await receive()
        length += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    target = scope["raw_path"].decode() + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    body = json.dumps({"target": target, "length": length, "headers": headers}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    return await send({"type": "http.response.body", "body": body})


async def breaking(scope: Scope, receive: Receive, send: Send) -> None:
    """Promises more than it sends, at `/broken`."""
    if scope["type"] == "lifespan":
        return await _live(receive, send)
    length = b"3" if scope["path"] == "/whole" else b"9"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": b"abc", "more_body": length == b"9"})
    return None


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
