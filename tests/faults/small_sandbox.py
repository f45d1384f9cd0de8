"""The sandbox as far as a stack needs it, without the provisioner's worker: those are started, and killed, by tests."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from sandbox.files import read_json
from sandbox.home import Home
from sandbox.world import World
from tests.support.platform import until

ROOT = Path(__file__).parents[2]
GATEWAY, WEB = 1, 2
"""The two fixed ports, which nothing here listens on."""


def world_in(home: Path) -> World:
    """The world that runs in `home`, for processes beside it."""
    ports = {name: int(str(port)) for name, port in read_json(home / "ports.json").items()}
    secrets = {name: str(secret) for name, secret in read_json(home / "secrets.json").items()}
    return World(home=Home(home), port=GATEWAY, web_port=WEB, ports=ports, secrets=secrets)


@dataclass(frozen=True)
class SmallSandbox:
    """A running one, and its emulated account."""

    world: World

    @property
    def hosts(self) -> Path:
        return self.world.home.path / "hosts"

    def cloud(self, method: str, path: str, body: object = None) -> object:
        """A call to the emulator itself, such as `cloud("GET", "inventory")`."""
        status, answer = self._call("cloud", method, f"/_sandbox/{path}", None if body is None else orjson.dumps(body))
        assert status < 300, answer
        return orjson.loads(answer) if answer else None

    def page(self, host: str) -> int:
        """The status of a stack's page as visitors see it."""
        return self._call("edge", "GET", "/", None, {"Host": host})[0]

    def _call(
        self, name: str, method: str, path: str, body: bytes | None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = HTTPConnection(urlsplit(self.world.url(name)).netloc, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


@contextmanager
def small_sandbox(home: Path) -> Iterator[SmallSandbox]:
    """Started, ready, and stopped at the end."""
    home.mkdir(parents=True, exist_ok=True)
    log = home.parent / f"{home.name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sandbox_program", str(home)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def is_up() -> bool:
        assert process.poll() is None, log.read_text()[-3000:]
        return (home / "up").exists()

    try:
        until(is_up, seconds=90, what="the small sandbox is up")
        yield SmallSandbox(world_in(home))
    finally:
        process.terminate()
        process.wait(timeout=60)
