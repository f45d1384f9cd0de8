"""Every service on its own port in this process, on the run's PostgreSQL, with Stripe's sandbox beside billing.

They are the applications that production runs; only the key that access tokens are checked with is the tests' own, so
that `tests.support.identities` can speak for anybody.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI
from pydantic import SecretStr

from libs.adapters.aws_settings import AwsSettings
from libs.adapters.cache import CacheSettings
from libs.adapters.keys import LocalKeysSettings
from libs.adapters.mail import MailboxSettings, Sender
from libs.adapters.objects import LocalObjectsSettings
from libs.adapters.secrets import LocalSecretsSettings
from libs.common.application import create_application
from libs.common.clock import SystemClock
from libs.common.security.tokens import AccessTokenVerifier
from libs.common.service import Service, ServiceContext
from libs.common.settings import ServiceSettings
from sandbox.objects.app import ObjectsServerSettings
from sandbox.objects.app import create_app as create_objects_server
from sandbox.ports import free_port
from sandbox.stripe.app import create_app as create_stripe
from sandbox.stripe.settings import StripeSandboxSettings
from services.ai.app import SERVICE as AI
from services.ai.context import AiContext
from services.ai.settings import AiSettings
from services.auth.app import SERVICE as AUTH
from services.auth.context import AuthContext
from services.auth.settings import AuthSettings
from services.billing.app import SERVICE as BILLING
from services.billing.context import BillingContext
from services.billing.plans.service import push_catalogue
from services.billing.settings import BillingSettings
from services.gateway.app import create_app as create_gateway
from services.gateway.settings import GatewaySettings, LimitSettings
from services.messaging.app import SERVICE as MESSAGING
from services.messaging.context import MessagingContext
from services.messaging.settings import MessagingSettings
from services.provisioner.app import SERVICE as PROVISIONER
from services.provisioner.cloud.settings import CloudAccount, CloudSettings, LoadBalancer
from services.provisioner.context import ProvisionerContext
from services.provisioner.settings import ProvisionerSettings
from services.registry import NAMES
from tests.support.buses import bus_settings
from tests.support.databases import ServiceDatabase, migrated_database
from tests.support.http_server import served
from tests.support.identities import SERVICE_KEYS, SERVICE_PUBLIC_KEYS, jwks
from tests.support.servers import PostgresServer

Settings = TypeVar("Settings", bound=ServiceSettings)
Context = TypeVar("Context", bound=ServiceContext)
STRIPE_KEY = "sk_test_of_tests"
STRIPE_SECRET = "whsec_of_tests"
_PARTS = count(1)
NOWHERE = "http://127.0.0.1:9"

ACCOUNT = CloudAccount(
    region="us-east-1",
    account_id="123456789012",
    base_domain="example.test",
    vpc_id="vpc-1",
    subnet_ids=("subnet-1",),
    hosted_zone_id="Z1",
    load_balancers=(
        LoadBalancer(
            dns_name="edge.example.test",
            zone_id="Z2",
            listener_arn="arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/edge/1/1",
        ),
    ),
    load_balancer_security_group_id="sg-1",
    permission_boundary_arn="arn:aws:iam::123456789012:policy/boundary",
    image_id="ami-1",
)
"""An account that no endpoint calls: AWS is the worker's."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """Where each service answers, and the open parts of those that have a database."""

    urls: Mapping[str, str]
    databases: Mapping[str, ServiceDatabase]
    auth: AuthContext
    billing: BillingContext
    provisioner: ProvisionerContext
    messaging: MessagingContext
    ai: AiContext


@asynccontextmanager
async def running_services(postgres: PostgresServer, valkey_url: str, folder: Path) -> AsyncIterator[Services]:
    """Starts them in the order in which they need each other, the gateway last, and ends them in reverse.

    Their databases are their own: keys and rows of other tests mean nothing to them.
    """
    part = f"_{next(_PARTS)}"
    databases = {name: await migrated_database(postgres, name, part=part) for name in NAMES}
    bus = await bus_settings(postgres)
    mail = MailboxSettings(sender=Sender(address="hello@example.com"), url=NOWHERE, secret=SecretStr("s" * 32))

    keys = LocalKeysSettings(path=folder / "keys.json", master_key=SecretStr("m" * 32))
    objects_port = free_port()
    objects = LocalObjectsSettings(
        root=folder / "objects", public_url=f"http://127.0.0.1:{objects_port}", signing_key=SecretStr("o" * 32)
    )

    def common(name: str) -> dict[str, Any]:
        return {**_common(name, databases[name]), "bus": bus}

    async with AsyncExitStack() as stack:
        urls: dict[str, str] = {}
        await stack.enter_async_context(
            served(create_objects_server(ObjectsServerSettings(store=objects)), port=objects_port)
        )
        billing_port = free_port()  # auth and billing call each other
        auth, urls["auth"] = await _start(
            stack,
            AUTH,
            AuthSettings(
                **common("auth"),
                keys=keys,
                mail=mail,
                billing_url=f"http://127.0.0.1:{billing_port}",
                refresh_key=SecretStr("r" * 32),
                web_url="http://web.example",
            ),
        )
        billing, urls["billing"] = await _start(
            stack,
            BILLING,
            BillingSettings(
                **common("billing"),
                mail=mail,
                auth_url=urls["auth"],
                web_url="http://web.example",
                stripe_api_key=SecretStr(STRIPE_KEY),
                stripe_webhook_secrets=(SecretStr(STRIPE_SECRET),),
                stripe_api_url=await stack.enter_async_context(_stripe(folder)),
            ),
            port=billing_port,
        )
        await push_catalogue(billing.payments, billing.catalogue)
        provisioner, urls["provisioner"] = await _start(
            stack,
            PROVISIONER,
            ProvisionerSettings(
                **common("provisioner"),
                mail=mail,
                objects=objects,
                secrets=LocalSecretsSettings(root=folder / "secrets", keys=keys),
                cloud=CloudSettings(aws=AwsSettings(), account=ACCOUNT),
                auth_url=urls["auth"],
                billing_url=urls["billing"],
                web_url="http://web.example",
                agent_url=NOWHERE,
                host_token_key=SecretStr("h" * 32),
                stack_url_template="http://{slug}.localhost",
            ),
        )
        messaging, urls["messaging"] = await _start(
            stack,
            MESSAGING,
            MessagingSettings(
                **common("messaging"),
                keys=keys,
                cache=CacheSettings(url=SecretStr(valkey_url)),
                objects=objects,
                billing_url=urls["billing"],
                attachments_bucket="attachments",
            ),
        )
        ai, urls["ai"] = await _start(
            stack,
            AI,
            AiSettings(
                **common("ai"),
                objects=objects,
                billing_url=urls["billing"],
                messaging_url=urls["messaging"],
                documents_bucket="documents",
            ),
        )
        urls["gateway"] = await stack.enter_async_context(_gateway(urls))
        yield Services(
            urls=urls,
            databases=databases,
            auth=auth,
            billing=billing,
            provisioner=provisioner,
            messaging=messaging,
            ai=ai,
        )


def _common(name: str, database: ServiceDatabase) -> dict[str, Any]:
    return {
        "database_url": SecretStr(database.url("app")),
        "database_system_url": SecretStr(database.url("system")),
        "database_pool_size": 4,
        "jwks_url": f"{NOWHERE}/jwks",
        "service_private_key": SecretStr(SERVICE_KEYS[name]),
        "service_public_keys": SERVICE_PUBLIC_KEYS,
        "cursor_key": SecretStr("c" * 32),
        "drain_seconds": 0,
    }


async def _start(
    stack: AsyncExitStack, service: Service[Settings, Context], settings: Settings, *, port: int = 0
) -> tuple[Context, str]:
    opened: list[Context] = []

    @asynccontextmanager
    async def with_keys_of_tests(settings: Settings) -> AsyncIterator[Context]:
        async with service.open_context(settings) as context:
            opened.append(replace(context, tokens=AccessTokenVerifier(jwks)))
            yield opened[0]

    app = create_application(replace(service, open_context=with_keys_of_tests), settings)
    url = await stack.enter_async_context(served(app, port=port))
    return opened[0], url


@asynccontextmanager
async def _stripe(folder: Path) -> AsyncIterator[str]:
    port = free_port()
    settings = StripeSandboxSettings(
        database=folder / "stripe.sqlite",
        api_key=STRIPE_KEY,
        webhook_secret=STRIPE_SECRET,
        webhook_url=f"{NOWHERE}/webhooks/stripe",
        base_url=f"http://127.0.0.1:{port}",
        clock=SystemClock(),
    )
    async with served(create_stripe(settings), port=port) as url:
        yield url


@asynccontextmanager
async def _gateway(urls: Mapping[str, str]) -> AsyncIterator[str]:
    keys = FastAPI()

    @keys.get("/jwks")
    async def published() -> dict[str, Any]:
        return {"keys": await jwks()}

    async with served(keys) as keys_url:
        settings = GatewaySettings(
            auth_url=urls["auth"],
            billing_url=urls["billing"],
            provisioner_url=urls["provisioner"],
            messaging_url=urls["messaging"],
            ai_url=urls["ai"],
            jwks_url=f"{keys_url}/jwks",
            service_private_key=SecretStr(SERVICE_KEYS["gateway"]),
            limits=LimitSettings(loop_lag_seconds=60),  # one loop runs every service and its tests
            drain_seconds=0,
        )
        async with served(create_gateway(settings)) as url:
            yield url
