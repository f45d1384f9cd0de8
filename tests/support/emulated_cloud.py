"""A cloud emulator on a free port, and the provisioner's port opened on it, for tests of either."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from libs.adapters.aws_settings import AwsSettings
from sandbox.cloud.app import running_cloud
from sandbox.cloud.settings import CloudSettings as EmulatorSettings
from services.provisioner.cloud.cloud import Cloud, open_cloud
from services.provisioner.cloud.settings import CloudAccount, CloudSettings


@dataclass(frozen=True)
class EmulatedCloud:
    """`url` is the endpoint for AWS clients; `settings` open the port on it."""

    url: str
    settings: CloudSettings
    emulator: EmulatorSettings

    def ask(self, method: str, path: str, body: object = None) -> object:
        """A call to the emulator itself, such as `ask("GET", "inventory")`."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request(method, f"/_sandbox/{path}", None if body is None else json.dumps(body))
            text = connection.getresponse().read()
            return json.loads(text) if text else None
        finally:
            connection.close()

    def listed(self, kind: str, name: str) -> list[str]:
        """Ids of the living resources of that kind and name."""
        found = self.ask("GET", "inventory")
        assert isinstance(found, list)
        return [each["id"] for each in found if each["kind"] == kind and each["name"] == name]


def sandbox_access(url: str) -> AwsSettings:
    """Any key opens the emulated account."""
    key = SecretStr("sandbox")
    return AwsSettings(endpoint_url=url, access_key_id=key, secret_access_key=key, read_timeout=10)


@contextmanager
def emulated_cloud(folder: Path, *, validation_wait: int = 0) -> Iterator[EmulatedCloud]:
    """With the same folder as before, the same account comes back. One at a time in a process."""
    settings = EmulatorSettings(
        home=folder / "cloud", hosts=folder / "hosts", port=0, validation_wait=validation_wait, hang_seconds=30
    )
    with running_cloud(settings) as running:
        aws = sandbox_access(running.url)
        account = CloudAccount.model_validate_json(settings.seed_file.read_text())
        yield EmulatedCloud(running.url, CloudSettings(aws=aws, account=account), settings)


@asynccontextmanager
async def cloud_port(folder: Path, *, validation_wait: int = 0) -> AsyncIterator[tuple[Cloud, EmulatedCloud]]:
    """The port, opened on an emulator of its own."""
    with emulated_cloud(folder, validation_wait=validation_wait) as emulated:
        async with open_cloud(emulated.settings) as cloud:
            yield cloud, emulated


def first_listener(cloud: Cloud) -> str:
    """The ARN of the first load balancer's listener."""
    return cloud.account.load_balancers[0].listener_arn
