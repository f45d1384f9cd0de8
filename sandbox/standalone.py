"""One emulator as a process of its own, for containers: `python -m sandbox.standalone mailbox --host 0.0.0.0`.

`make run` does not come here: its supervisor forks the emulators. Settings come from the environment.
"""

import argparse
import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.applications import Starlette

from libs.adapters.objects import LocalObjectsSettings
from libs.common.clock import open_clock
from libs.common.serve import listening_socket, serve
from libs.common.settings import load_settings
from libs.common.telemetry import configure_logging
from sandbox.cloud.settings import CloudSettings
from sandbox.edge.app import serve as serve_edge
from sandbox.edge.settings import EdgeSettings
from sandbox.hosts.settings import HostsSettings
from sandbox.mailbox.app import MailboxServerSettings
from sandbox.mailbox.app import create_app as create_mailbox
from sandbox.objects.app import ObjectsServerSettings
from sandbox.objects.app import create_app as create_objects
from sandbox.stripe.app import create_app as create_stripe
from sandbox.stripe.settings import StripeSandboxSettings


class _FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="STACKPRO_", env_nested_delimiter="__", frozen=True, extra="ignore", populate_by_name=True
    )


class MailboxEnvironment(_FromEnvironment):
    """The mailbox."""

    mailbox_path: Path = Field(description="The file that keeps the messages.")
    mailbox_secret: SecretStr = Field(min_length=16, description="What the services show when they hand in a mail.")


class StripeEnvironment(_FromEnvironment):
    """The Stripe sandbox."""

    stripe_path: Path = Field(description="The file that keeps the emulated account.")
    stripe_api_key: SecretStr = Field(min_length=8, description="The key that billing uses.")
    stripe_webhook_secret: SecretStr = Field(description="Signs the webhooks; `whsec_` and at least 16 characters.")
    stripe_webhook_url: str = Field(description="Where webhooks go: the gateway's `/webhooks/stripe`.")
    stripe_public_url: str = Field(description="Where a browser reaches the hosted pages.")
    clock_file: Path | None = Field(default=None, description="Offset of business time, shared with the services.")


class ObjectsEnvironment(_FromEnvironment):
    """The server of signed URLs of the local object store."""

    objects: LocalObjectsSettings = Field(description="The same block as the services have.")


class CloudEnvironment(_FromEnvironment):
    """The emulated AWS account. It shares the machines' folder and its network with edge and hosts."""

    cloud_path: Path = Field(description="The folder of the account's journal; `account.json` in it names its ids.")
    hosts_path: Path = Field(description="The folder of the emulated machines' disks.")
    base_domain: str = Field(default="localhost", description="The domain of the account's hosted zone.")


class EdgeEnvironment(_FromEnvironment):
    """The emulated edge before the stacks: DNS and load balancer in one."""

    cloud_url: str = Field(description="Where the emulated account is.")
    hosts_path: Path = Field(description="The folder of the emulated machines' disks.")


class HostsEnvironment(_FromEnvironment):
    """The emulated machine room: one host agent for each running instance."""

    cloud_url: str = Field(description="Where the emulated account is.")
    hosts_path: Path = Field(description="The folder of the emulated machines' disks.")


def _mailbox() -> Starlette:
    settings = load_settings(MailboxEnvironment)
    return create_mailbox(MailboxServerSettings(path=settings.mailbox_path, secret=settings.mailbox_secret))


def _stripe() -> Starlette:
    settings = load_settings(StripeEnvironment)
    return create_stripe(
        StripeSandboxSettings(
            database=settings.stripe_path,
            api_key=settings.stripe_api_key.get_secret_value(),
            webhook_secret=settings.stripe_webhook_secret.get_secret_value(),
            webhook_url=settings.stripe_webhook_url,
            base_url=settings.stripe_public_url,
            clock=open_clock(settings.clock_file),
        )
    )


def _objects() -> Starlette:
    return create_objects(ObjectsServerSettings(store=load_settings(ObjectsEnvironment).objects))


def _serve(create: Callable[[], Starlette], host: str, port: int) -> None:
    asyncio.run(serve(create(), listening_socket(host, port), drain_seconds=0))


def _cloud(host: str, port: int) -> None:
    from sandbox.cloud.app import serve as serve_cloud  # noqa: PLC0415 - loads all of moto, for this one only

    given = load_settings(CloudEnvironment)
    home, hosts = given.cloud_path, given.hosts_path
    serve_cloud(CloudSettings(home=home, hosts=hosts, host=host, port=port, base_domain=given.base_domain))


def _edge(host: str, port: int) -> None:
    given = load_settings(EdgeEnvironment)
    serve_edge(EdgeSettings(cloud_url=given.cloud_url, hosts=given.hosts_path, host=host, port=port))


def _hosts(_host: str, _port: int) -> None:
    from sandbox.hosts.app import serve as serve_hosts  # noqa: PLC0415 - loads the host agent, for this one only

    given = load_settings(HostsEnvironment)
    serve_hosts(HostsSettings(cloud_url=given.cloud_url, hosts=given.hosts_path))


EMULATORS: Mapping[str, Callable[[str, int], None]] = {
    "mailbox": partial(_serve, _mailbox),
    "stripe": partial(_serve, _stripe),
    "objects": partial(_serve, _objects),
    "cloud": _cloud,
    "edge": _edge,
    "hosts": _hosts,
}


def main() -> None:
    """Runs the emulator named by the first argument until SIGTERM; `hosts` listens nowhere."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.standalone", description=__doc__)
    parser.add_argument("name", choices=sorted(EMULATORS))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    configure_logging(arguments.name)
    EMULATORS[arguments.name](arguments.host, arguments.port)


if __name__ == "__main__":
    main()
