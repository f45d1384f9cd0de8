"""The provisioner as a running service whose hosts are played by the tests, and a database without hosts."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from libs.adapters.aws_settings import AwsSettings
from libs.adapters.keys import LocalKeysSettings
from libs.adapters.mail import MailboxSettings, Sender
from libs.adapters.objects import LocalObjectsSettings
from libs.adapters.secrets import LocalSecretsSettings
from libs.common.database import Database
from services.provisioner.app import create_app
from services.provisioner.cloud.settings import CloudAccount, CloudSettings, LoadBalancer
from services.provisioner.settings import ProvisionerSettings
from tests.services.provisioner.hosts.world import TOKEN_KEY, Fleet
from tests.support.buses import bus_settings
from tests.support.databases import ServiceDatabase
from tests.support.http_server import served
from tests.support.identities import SERVICE_KEYS, SERVICE_PUBLIC_KEYS
from tests.support.servers import PostgresServer

OWN_TABLES = ("stack_report", "host_command", "placement", "backup", "host")
NOBODY = "http://127.0.0.1:9"
ACCOUNT = CloudAccount(
    region="us-east-1",
    account_id="123456789012",
    base_domain="localhost",
    vpc_id="vpc-1",
    subnet_ids=("subnet-1",),
    hosted_zone_id="Z1",
    load_balancers=(LoadBalancer(dns_name="balancer.example", zone_id="Z2", listener_arn="arn:listener"),),
    load_balancer_security_group_id="sg-1",
    permission_boundary_arn="arn:boundary",
    image_id="ami-1",
)


@pytest.fixture
async def settings(service_database: ServiceDatabase, postgres: PostgresServer, tmp_path: Path) -> ProvisionerSettings:
    """Local forms of all ports in the test's folder; AWS, auth, billing and the mailbox are never asked here."""
    keys = LocalKeysSettings(path=tmp_path / "ring.json", master_key=SecretStr("m" * 40))
    return ProvisionerSettings(
        database_url=SecretStr(service_database.url("app")),
        database_system_url=SecretStr(service_database.url("system")),
        jwks_url=f"{NOBODY}/jwks",
        service_private_key=SecretStr(SERVICE_KEYS["provisioner"]),
        service_public_keys=SERVICE_PUBLIC_KEYS,
        cursor_key=SecretStr("c" * 32),
        drain_seconds=0,
        bus=await bus_settings(postgres),
        cloud=CloudSettings(aws=AwsSettings(endpoint_url=NOBODY), account=ACCOUNT),
        objects=LocalObjectsSettings(
            root=tmp_path / "objects", public_url="http://objects.test", signing_key=SecretStr("s" * 32)
        ),
        secrets=LocalSecretsSettings(root=tmp_path / "secrets", keys=keys),
        mail=MailboxSettings(sender=Sender(address="hello@stackpro.example"), url=NOBODY, secret=SecretStr("m" * 16)),
        auth_url=NOBODY,
        billing_url=NOBODY,
        web_url="http://app.test",
        agent_url=NOBODY,
        host_token_key=SecretStr(TOKEN_KEY),
        stack_url_template="http://{slug}.localhost:8000",
    )


@pytest.fixture
async def fleet(database: Database) -> AsyncIterator[Fleet]:
    """Hosts and stacks of this test; none are left over."""
    await _clear(database)
    yield Fleet(database)
    await _clear(database)


async def _clear(database: Database) -> None:
    async with database.system_session() as session:
        for table in OWN_TABLES:
            await session.execute(text(f"DELETE FROM {table}"))


@pytest.fixture
async def client(settings: ProvisionerSettings, fleet: Fleet) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        served(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, timeout=10) as client,
    ):
        yield client
