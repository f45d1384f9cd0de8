"""The provisioner's open parts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from libs.adapters.bus import open_bus
from libs.adapters.mail import Mailer, open_mail
from libs.adapters.objects import Objects, open_objects
from libs.adapters.objects.settings import S3ObjectsSettings
from libs.adapters.secrets import Secrets, open_secrets
from libs.common.bell import Bell, listening
from libs.common.http_client import ServiceHttp
from libs.common.service_parts import open_parts
from libs.contracts.auth import AuthClient
from libs.contracts.billing import BillingClient
from services.provisioner.cloud.cloud import Cloud, open_cloud
from services.provisioner.cloud.settings import CloudSettings
from services.provisioner.deployments.repository import CHANGED_CHANNEL
from services.provisioner.deps import EngineContext
from services.provisioner.engine.recipes import load_recipes
from services.provisioner.hosts.commands import COMMANDS_CHANNEL
from services.provisioner.hosts.credentials import HostTokens
from services.provisioner.hosts.fleet import FleetRules
from services.provisioner.hosts.health import ReportedHealth
from services.provisioner.hosts.payloads import CommandSource
from services.provisioner.hosts.service import Agents
from services.provisioner.settings import ProvisionerSettings
from services.provisioner.stacks.service import StackDefaults
from services.provisioner.steps.catalogue import STEPS
from services.provisioner.steps.dependencies import Dependencies, StepRules
from services.provisioner.steps.probe import Probe


class CloudDoor:
    """AWS, opened by the first who asks: the API's processes never do, and save the SDK's memory."""

    def __init__(self, settings: CloudSettings) -> None:
        self._settings = settings
        self._exits = AsyncExitStack()
        self._lock = asyncio.Lock()
        self._cloud: Cloud | None = None

    async def open(self) -> Cloud:
        async with self._lock:
            if self._cloud is None:
                self._cloud = await self._exits.enter_async_context(open_cloud(self._settings))
            return self._cloud

    async def aclose(self) -> None:
        await self._exits.aclose()


@dataclass(frozen=True, kw_only=True)
class ProvisionerContext(EngineContext):
    """What the provisioner's endpoints, handlers, sweeps and engine use."""

    settings: ProvisionerSettings
    cloud: CloudDoor
    objects: Objects
    secrets: Secrets
    mailer: Mailer
    auth: AuthClient
    billing: BillingClient
    agents: Agents
    tokens_of_hosts: HostTokens
    http: aiohttp.ClientSession
    defaults: StackDefaults

    @property
    def scheme(self) -> str:
        """The scheme of stacks' public addresses."""
        return urlsplit(self.stack_url).scheme

    @property
    def fleet(self) -> FleetRules:
        settings = self.settings
        return FleetRules(
            most=settings.max_shared_hosts,
            warm=settings.warm_shared_hosts,
            instance_type=settings.shared_host_instance_type,
            memory_mib=settings.shared_host_memory_mib,
            volume_gib=settings.shared_host_volume_gib,
            agent_url=settings.agent_url,
        )

    def dependencies(self, cloud: Cloud) -> Dependencies:
        """What the engine's steps work with."""
        settings = self.settings
        return Dependencies(
            database=self.database,
            cloud=cloud,
            objects=self.objects,
            secrets=self.secrets,
            billing=self.billing,
            tokens=self.tokens_of_hosts,
            probe=Probe(self.http, scheme=self.scheme, edge_address=settings.edge_address),
            rules=StepRules(
                agent_url=settings.agent_url,
                scheme=self.scheme,
                shared_bucket=settings.shared_bucket,
                poll_seconds=settings.poll_seconds,
                objects_on_s3=_on_s3(settings),
                database_class=settings.database_class,
                database_gib=settings.database_gib,
            ),
        )


def _on_s3(settings: ProvisionerSettings) -> bool:
    """Whether the objects port is the same S3 that the stacks' buckets are in."""
    objects = settings.objects
    return isinstance(objects, S3ObjectsSettings) and objects.aws.endpoint_url == settings.cloud.aws.endpoint_url


@asynccontextmanager
async def open_context(settings: ProvisionerSettings) -> AsyncIterator[ProvisionerContext]:
    """Opens database, bus, ports and the ways to auth and billing; closes them in reverse."""
    async with AsyncExitStack() as exits:
        opened = exits.enter_async_context
        parts = await opened(open_parts("provisioner", settings))
        objects, secrets = await opened(open_objects(settings.objects)), await opened(open_secrets(settings.secrets))
        changes = await opened(listening(Bell(CHANGED_CHANNEL), settings.listen_url))
        commands = await opened(listening(Bell(COMMANDS_CHANNEL), settings.listen_url))
        http = await opened(aiohttp.ClientSession(auto_decompress=True))
        auth = ServiceHttp("auth", settings.auth_url, parts.signer)
        exits.push_async_callback(auth.aclose)
        billing = ServiceHttp("billing", settings.billing_url, parts.signer)
        exits.push_async_callback(billing.aclose)
        cloud = CloudDoor(settings.cloud)
        exits.push_async_callback(cloud.aclose)
        account = settings.cloud.account
        yield ProvisionerContext(
            settings=settings,
            database=parts.database,
            bus=await opened(open_bus(settings.bus)),
            clock=parts.clock,
            cursors=parts.cursors,
            tokens=parts.tokens,
            assertions=parts.assertions,
            access_modes=parts.access_modes,
            recipes=load_recipes(known_steps={step.name: step.phase for step in STEPS}),
            changes=changes,
            stack_health=ReportedHealth(settings.stack_url_template),
            stack_url=settings.stack_url_template,
            cloud=cloud,
            objects=objects,
            secrets=secrets,
            mailer=await opened(open_mail(settings.mail)),
            auth=AuthClient(auth),
            billing=BillingClient(billing),
            agents=Agents(
                parts.database,
                commands,
                CommandSource(secrets=secrets, objects=objects, part_bytes=settings.backup_part_bytes),
            ),
            tokens_of_hosts=HostTokens(settings.host_token_key.get_secret_value()),
            http=http,
            defaults=StackDefaults(region=account.region, base_domain=account.base_domain),
        )
