"""messaging alone, as in production: several nodes, a worker and a gateway on PostgreSQL and Valkey of their own.

Whoever holds the platform signs the access tokens itself and tells messaging who works where, so that a business may
have thousands of people. What is killed is started again. Run as a program it is the platform's parent process.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI
from pydantic import BaseModel, SecretStr
from redis.asyncio import Redis

from libs.adapters.keys import LocalKeysSettings, open_keys
from libs.common.application import create_application
from libs.common.database import Database
from libs.common.ids import new_id
from libs.common.security.jose import SigningKey, new_private_key
from libs.common.worker import run_worker
from sandbox.children import Child
from sandbox.databases import prepare_databases
from sandbox.home import Home
from sandbox.ports import free_port
from sandbox.probes import http_ready
from sandbox.serving import serve_app
from sandbox.supervisor import Supervisor
from sandbox.world import World, open_world
from services.gateway.app import create_app as create_gateway
from services.gateway.settings import LimitSettings
from services.messaging.app import SERVICE
from services.messaging.keys.service import KeyRings
from services.messaging.settings import MessagingSettings
from tests.support.identities import access_token

START_SECONDS = 60.0
NO_LIMIT = 1_000_000_000
KEY, TOLD, UP = "access-key.pem", "addresses.json", "up"


class Addresses(BaseModel):
    """What the parent tells: the ports of the nodes by name, and the rest by URL."""

    nodes: dict[str, int]
    gateway_port: int
    postgres: str
    valkey: str
    app_url: str
    system_url: str
    ring_path: Path
    master_key: str


@dataclass(frozen=True)
class Node:
    """One process of messaging."""

    name: str
    url: str


class MessagingPlatform:
    """Where everything is. `key` signs access tokens that all of it believes."""

    def __init__(self, home: Path) -> None:
        told = Addresses.model_validate_json((home / TOLD).read_bytes())
        self._home = Home(home)
        self._postgres = told.postgres
        self.key = SigningKey((home / KEY).read_text())
        self.nodes = [Node(name, f"http://127.0.0.1:{port}") for name, port in told.nodes.items()]
        self.gateway_url = f"http://127.0.0.1:{told.gateway_port}"
        self.valkey_url = told.valkey
        self._told = told

    def token(self, tenant_id: UUID, user_id: UUID, *, expires_in: int = 3600) -> str:
        """An access token of a member."""
        return access_token(tenant_id, role="member", user_id=user_id, key=self.key, expires_in=expires_in)

    def pid(self, name: str) -> int:
        """The process that is called `name` at present."""
        return self._home.processes.read()[name].process.pid

    def kill(self, name: str) -> None:
        """`kill -9`; it is started again soon."""
        os.kill(self.pid(name), signal.SIGKILL)

    async def flush_valkey(self) -> None:
        """Makes Valkey forget everything, and whom it was to tell of what."""
        async with Redis.from_url(self.valkey_url) as valkey:
            await valkey.flushall()
            await valkey.client_kill_filter(_type="pubsub")

    @asynccontextmanager
    async def rings(self) -> AsyncIterator[KeyRings]:
        """The tenants' keys, to write messages past messaging."""
        told = self._told
        database = Database(app_url=told.app_url, system_url=told.system_url)
        settings = LocalKeysSettings(path=told.ring_path, master_key=SecretStr(told.master_key))
        async with open_keys(settings) as keys:
            yield KeyRings(database, keys)
        await database.aclose()

    def connect(self) -> Any:
        """A connection to messaging's database as its owner's administrator: an awaitable and a context manager."""
        return asyncpg.connect(self._postgres)

    async def new_business(self, people: int) -> tuple[UUID, list[UUID]]:
        """A business whose people messaging knows."""
        tenant_id, users = new_id(), [new_id() for _ in range(people)]
        connection = await self.connect()
        try:
            await connection.executemany(
                "INSERT INTO tenant_member (tenant_id, user_id, role, active, version)"
                " VALUES ($1, $2, 'member', true, 1)",
                [(tenant_id, user) for user in users],
            )
            await connection.executemany(
                "INSERT INTO stream (tenant_id, id, last_seq, epoch) VALUES ($1, $2, 0, $3)",
                [(tenant_id, user, new_id()) for user in users],
            )
        finally:
            await connection.close()
        return tenant_id, users

    async def new_conversation(self, tenant_id: UUID, members: Sequence[UUID]) -> UUID:
        """A group of these people, made in PostgreSQL itself: thousands are there at once."""
        conversation_id, now = new_id(), datetime.now(UTC)
        connection = await self.connect()
        try:
            await connection.execute(
                "INSERT INTO stream (tenant_id, id, last_seq, epoch) VALUES ($1, $2, 0, $3)",
                tenant_id,
                conversation_id,
                new_id(),
            )
            await connection.execute(
                "INSERT INTO conversation (tenant_id, id, kind, created_by, created_at, last_message_at)"
                " VALUES ($1, $2, 'group', $3, $4, $4)",
                tenant_id,
                conversation_id,
                members[0],
                now,
            )
            await connection.executemany(
                "INSERT INTO conversation_member (tenant_id, conversation_id, user_id, role, joined_at)"
                " VALUES ($1, $2, $3, 'member', $4)",
                [(tenant_id, conversation_id, user, now) for user in members],
            )
        finally:
            await connection.close()
        return conversation_id


@contextmanager
def messaging_platform(home: Path, *, nodes: int = 1, gateway: bool = False) -> Iterator[MessagingPlatform]:
    """Runs the platform until the block ends."""
    home.mkdir(parents=True, exist_ok=True)
    log = home.parent / f"{home.name}.log"
    with log.open("ab") as output:
        parent = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.support.messaging_platform",
                str(home),
                str(nodes),
                "gateway" if gateway else "",
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (home / UP).exists():
            if parent.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"messaging did not start: {log.read_text()[-3000:]}")
            time.sleep(0.05)
        yield MessagingPlatform(home)
    finally:
        if parent.poll() is None:
            parent.send_signal(signal.SIGINT)
            try:
                parent.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(parent.pid, signal.SIGKILL)
                parent.wait()


def _children(world: World, key: SigningKey, nodes: Mapping[str, int], *, gateway: bool) -> Sequence[Child]:
    settings = world.messaging()
    needs = ("migrations", "valkey", "auth")
    found = [
        world.postgres.child(),
        world.valkey.child(),
        Child(
            name="migrations",
            run=partial(prepare_databases, world, {"messaging": SERVICE.migrations}),
            after=("postgres",),
            once=True,
        ),
        Child(
            name="auth",
            run=lambda: serve_app("auth", _keys_of(key), world.ports["auth"]),
            ready=http_ready(f"{world.url('auth')}/.well-known/jwks.json"),
        ),
    ]
    for name, port in nodes.items():
        found.append(
            Child(
                name=name,
                run=partial(_serve_node, name, settings, port),
                after=needs,
                ready=http_ready(f"http://127.0.0.1:{port}/readyz"),
                stop_within=10,
            )
        )
    found.append(Child(name="worker", run=partial(run_worker, SERVICE, settings), after=needs, stop_within=10))
    if gateway:
        limits = LimitSettings(address_requests=NO_LIMIT, tenant_requests=NO_LIMIT)
        first = f"http://127.0.0.1:{next(iter(nodes.values()))}"
        of_gateway = world.gateway().model_copy(update={"limits": limits, "messaging_url": first})
        found.append(
            Child(
                name="gateway",
                run=lambda: serve_app("gateway", create_gateway(of_gateway), world.port, public=True),
                after=tuple(nodes),
                ready=http_ready(f"{world.gateway_url}/readyz"),
            )
        )
    return found


def _serve_node(name: str, settings: MessagingSettings, port: int) -> None:
    serve_app(name, create_application(SERVICE, settings), port)


def _keys_of(key: SigningKey) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/jwks.json")
    async def jwks() -> dict[str, Any]:
        return {"keys": [key.public_jwk]}

    return app


def main(home_path: str, nodes: str, gateway: str) -> None:
    """The parent: supervises until SIGINT."""
    home = Home(Path(home_path))
    with home.owned():
        (home.path / KEY).write_text(new_private_key())
        ports = {f"node-{number}": free_port() for number in range(int(nodes))}
        world = open_world(home, port=free_port(), web_port=free_port())
        told = Addresses(
            nodes=ports,
            gateway_port=world.port,
            postgres=world.postgres.dsn("messaging"),
            valkey=world.valkey.url(),
            app_url=world.database_url("messaging", "app"),
            system_url=world.database_url("messaging", "system"),
            ring_path=world.keys.path,
            master_key=world.keys.master_key.get_secret_value(),
        )
        (home.path / TOLD).write_text(told.model_dump_json())
        supervisor = Supervisor(logs=home.logs, record=home.processes)
        key = SigningKey((home.path / KEY).read_text())
        for child in _children(world, key, ports, gateway=gateway == "gateway"):
            supervisor.add(child)
        supervisor.run(on_up=(home.path / UP).touch)


if __name__ == "__main__":
    main(*sys.argv[1:4])
