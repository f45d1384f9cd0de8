"""How commands reach the running sandbox: its addresses, its gateway over HTTP, and its inside as the command."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from cli.errors import fail
from cli.settings import CliSettings
from libs.common.security.assertions import AssertionSigner
from sandbox.files import read_json
from sandbox.home import Home


def running_home() -> Home:
    """The home of the sandbox that runs. Fails in one line where none does."""
    home = CliSettings().open_home()
    if not home.endpoints():
        raise fail(f"no sandbox was started in {home.path}; run `make run`, or set STACKPRO_HOME")
    return home


class Api:
    """The gateway, as any client sees it. Every refusal ends the command with the problem's own words."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.token: str | None = None

    def sign_in(self, email: str, password: str) -> None:
        """Works as this person from now on."""
        answer = self.call("POST", "/v1/auth/login", json={"email": email, "password": password})
        self.token = str(answer["access_token"])

    def call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """The answer's JSON object."""
        response = self.client.request(method, path, headers=self.headers(), **arguments)
        if response.is_error:
            raise fail(_words(response))
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer

    def headers(self) -> dict[str, str]:
        """The header that carries the access token."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


@contextmanager
def gateway() -> Iterator[Api]:
    """The gateway of the running sandbox."""
    url = running_home().endpoints()["gateway"]
    with httpx.Client(base_url=url, timeout=30) as client:
        try:
            yield Api(client)
        except httpx.ConnectError:
            raise fail(f"nothing answers at {url}; start it with `make run`") from None


class Inside:
    """The services' internal operations, as the caller `cli`."""

    def __init__(self, home: Home, client: httpx.Client) -> None:
        secrets = read_json(home.path / "secrets.json")
        ports = read_json(home.path / "ports.json")
        self._signer = AssertionSigner("cli", str(secrets["service.cli"]))
        self._ports: Mapping[str, object] = ports
        self._client = client

    def call(self, service: str, method: str, path: str) -> dict[str, Any]:
        """The answer of one service."""
        response = self._client.request(
            method,
            f"{self.url(service)}{path}",
            headers={"Authorization": f"Bearer {self._signer.assertion(service)}"},
        )
        if response.is_error:
            raise fail(f"{service}: {_words(response)}")
        answer: dict[str, Any] = response.json()
        return answer

    def url(self, name: str) -> str:
        """The base URL of a process of the sandbox."""
        return f"http://127.0.0.1:{self._ports[name]}"

    def ask(self, name: str, method: str, path: str) -> dict[str, Any]:
        """The answer of an emulator, which asks for no proof."""
        response = self._client.request(method, f"{self.url(name)}{path}")
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer


@contextmanager
def inside() -> Iterator[Inside]:
    """The inside of the running sandbox."""
    home = running_home()
    with httpx.Client(timeout=60) as client:
        try:
            yield Inside(home, client)
        except httpx.ConnectError as error:
            raise fail(f"the sandbox does not answer at {error.request.url}; start it with `make run`") from None


def _words(response: httpx.Response) -> str:
    try:
        problem = response.json()
        return f"{problem['detail']} ({problem['code']}, {response.status_code})"
    except (ValueError, KeyError, TypeError):
        return f"{response.request.url} answered {response.status_code}"
