"""How commands reach the running sandbox: its addresses, its gateway over HTTP, and its inside as the command."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

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
            raise fail(words(response))
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

    def __init__(self, signer: AssertionSigner, urls: Mapping[str, str], client: httpx.Client) -> None:
        self._signer = signer
        self._urls = urls
        self._client = client

    def call(
        self, service: str, method: str, path: str, *, params: Mapping[str, str | list[str]] | None = None
    ) -> dict[str, Any]:
        """The answer of one service."""
        response = self._client.request(
            method,
            f"{self.url(service)}{path}",
            params=params,
            headers={"Authorization": f"Bearer {self._signer.assertion(service)}"},
        )
        if response.is_error:
            raise fail(f"{service}: {words(response)}")
        answer: dict[str, Any] = response.json()
        return answer

    def url(self, name: str) -> str:
        """The base URL of a service, or of another process of the sandbox."""
        if name not in self._urls:
            raise fail(f"set STACKPRO_{name.upper()}_URL to say where {name} is")
        return self._urls[name]

    def ask(self, name: str, method: str, path: str) -> dict[str, Any]:
        """The answer of an emulator, which asks for no proof."""
        response = self._client.request(method, f"{self.url(name)}{path}")
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer


class InsideSettings(BaseSettings):
    """A platform elsewhere: the command's own key, and where the services are, as through a port forward."""

    model_config = SettingsConfigDict(env_prefix="STACKPRO_", extra="ignore", frozen=True)

    service_private_key: SecretStr | None = None
    auth_url: str | None = None
    billing_url: str | None = None
    provisioner_url: str | None = None
    messaging_url: str | None = None
    ai_url: str | None = None

    def urls(self) -> dict[str, str]:
        """The services that were named."""
        named = {
            "auth": self.auth_url,
            "billing": self.billing_url,
            "provisioner": self.provisioner_url,
            "messaging": self.messaging_url,
            "ai": self.ai_url,
        }
        return {name: url.rstrip("/") for name, url in named.items() if url is not None}


@contextmanager
def inside() -> Iterator[Inside]:
    """The inside of the running sandbox, or of the platform that the environment names."""
    with httpx.Client(timeout=60) as client:
        try:
            yield _open_inside(client)
        except httpx.TransportError as error:
            where = error.request.url.copy_with(path="/", query=None)
            raise fail(f"nothing answers at {where}; start the sandbox with `make run`") from None


def _open_inside(client: httpx.Client) -> Inside:
    settings = InsideSettings()
    if settings.service_private_key is not None and settings.urls():
        key = settings.service_private_key.get_secret_value()
        return Inside(AssertionSigner("cli", key), settings.urls(), client)
    home = running_home()
    secrets, ports = read_json(home.path / "secrets.json"), read_json(home.path / "ports.json")
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    return Inside(AssertionSigner("cli", str(secrets["service.cli"])), urls, client)


def words(response: httpx.Response) -> str:
    """What a refusal says, for people."""
    try:
        problem = response.json()
        return f"{problem['detail']} ({problem['code']}, {response.status_code})"
    except (ValueError, KeyError, TypeError):
        return f"{response.request.url} answered {response.status_code}"
