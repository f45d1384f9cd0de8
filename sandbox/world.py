"""The embedded world of one sandbox: its ports, secrets and folders, and the settings of every process in it."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from libs.adapters.aws_settings import AwsSettings
from libs.adapters.bus import LocalBusSettings
from libs.adapters.cache import CacheSettings
from libs.adapters.keys import LocalKeysSettings
from libs.adapters.mail import MailboxSettings, Sender
from libs.adapters.objects import LocalObjectsSettings
from libs.adapters.secrets import LocalSecretsSettings
from libs.common.clock import FileClock
from libs.common.migrations.preparation import RolePasswords
from libs.common.security.jose import new_private_key, public_pem
from sandbox import credentials
from sandbox.cloud.settings import CloudSettings
from sandbox.edge.settings import EdgeSettings
from sandbox.home import Home
from sandbox.hosts.settings import HostsSettings
from sandbox.mailbox.app import MailboxServerSettings
from sandbox.objects.app import ObjectsServerSettings
from sandbox.postgres import EmbeddedPostgres
from sandbox.stripe.settings import StripeSandboxSettings
from sandbox.valkey import EmbeddedValkey
from sandbox.web.app import WebSettings
from services.ai.settings import AiSettings
from services.auth.settings import AuthSettings
from services.billing.settings import BillingSettings
from services.gateway.settings import GatewaySettings
from services.messaging.settings import MessagingSettings
from services.provisioner.cloud.settings import CloudAccount
from services.provisioner.cloud.settings import CloudSettings as CloudSettingsOfProvisioner
from services.provisioner.settings import ProvisionerSettings

PORTS = (
    "postgres",
    "valkey",
    "cloud",
    "stripe",
    "mailbox",
    "objects",
    "edge",
    "auth",
    "billing",
    "provisioner",
    "messaging",
    "ai",
)
DATABASES = ("auth", "billing", "provisioner", "messaging", "ai", "bus")
CALLING = ("gateway", "auth", "billing", "provisioner", "messaging", "ai", "cli")
BASE_DOMAIN = "localhost"
DATABASE_CONNECTIONS = 4
ATTACHMENTS_BUCKET = "stackpro-attachments"
DOCUMENTS_BUCKET = "stackpro-documents"
POLL_SECONDS = 0.3
"""Between looks at what takes minutes on AWS and moments here."""
SECRETS = {
    "postgres.superuser": credentials.password,
    **{f"postgres.{name}.{role}": credentials.password for name in DATABASES for role in ("owner", "app", "system")},
    **{f"service.{name}": new_private_key for name in CALLING},
    **dict.fromkeys(
        ("valkey", "cursor", "refresh", "mailbox", "objects", "stripe.api_key", "metrics", "agent"),
        credentials.password,
    ),
    "keys.master": credentials.master_key,
    "stripe.webhook": credentials.webhook_secret,
}


@dataclass(frozen=True, kw_only=True)
class World:
    """Where everything of one sandbox is. `port` is the gateway's, `web_port` the web app's.

    `frontend` is the folder of the built web app; None runs the platform without it.
    """

    home: Home
    port: int
    web_port: int
    frontend: Path | None = None
    ports: dict[str, int]
    secrets: dict[str, str]

    def url(self, name: str) -> str:
        """The base URL of a process that speaks HTTP."""
        return f"http://127.0.0.1:{self.ports[name]}"

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def web_url(self) -> str:
        """Where people go: the web app, or the gateway's plain pages where there is none."""
        return f"http://127.0.0.1:{self.web_port}" if self.frontend else self.gateway_url

    @property
    def web_origins(self) -> list[str]:
        """What a browser names as the web app's origin, also while it is served by Next.js itself."""
        return [f"http://{host}:{self.web_port}" for host in ("127.0.0.1", "localhost")]

    @property
    def clock_file(self) -> Path:
        """The offset of business time of the whole sandbox."""
        return self.home.path / "clock.json"

    @property
    def postgres(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(
            self.home.path / "postgres",
            port=self.ports["postgres"],
            password=self.secrets["postgres.superuser"],
            run_dir=self.home.run_dir,
        )

    @property
    def valkey(self) -> EmbeddedValkey:
        return EmbeddedValkey(self.home.path / "valkey", port=self.ports["valkey"], password=self.secrets["valkey"])

    def role_passwords(self, database: str) -> RolePasswords:
        """The passwords of the logins of one database."""
        owner, app, system = (self.secrets[f"postgres.{database}.{role}"] for role in ("owner", "app", "system"))
        return RolePasswords(owner=owner, app=app, system=system)

    def database_url(self, database: str, role: str, *, driver: str = "+asyncpg") -> str:
        """The URL of `database` for the login `<database>_<role>`."""
        password = self.secrets[f"postgres.{database}.{role}"]
        return f"postgresql{driver}://{database}_{role}:{password}@127.0.0.1:{self.ports['postgres']}/{database}"

    def public_keys(self) -> dict[str, str]:
        """The public key of everyone who may call a service."""
        return {name: public_pem(self.secrets[f"service.{name}"]) for name in CALLING}

    def endpoints(self) -> dict[str, str]:
        """What `endpoints.json` tells: addresses for people and programs on this machine."""
        return {
            "gateway": self.gateway_url,
            **({"web": self.web_url} if self.frontend else {}),
            "stripe": self.url("stripe"),
            "mailbox": self.url("mailbox"),
            "cloud": self.url("cloud"),
            "postgres": self.postgres.dsn(),
            "valkey": self.valkey.url(),
        }

    def service_settings(self, name: str) -> dict[str, object]:
        """The settings that every service has."""
        return {
            "database_url": SecretStr(self.database_url(name, "app")),
            "database_system_url": SecretStr(self.database_url(name, "system")),
            "database_pool_size": DATABASE_CONNECTIONS,
            "jwks_url": f"{self.url('auth')}/.well-known/jwks.json",
            "service_private_key": SecretStr(self.secrets[f"service.{name}"]),
            "service_public_keys": self.public_keys(),
            "cursor_key": SecretStr(self.secrets["cursor"]),
            "clock_file": self.clock_file,
            "drain_seconds": 0,
            "bus": self.bus,
        }

    @property
    def bus(self) -> LocalBusSettings:
        return LocalBusSettings(dsn=SecretStr(self.database_url("bus", "owner", driver="")))

    @property
    def keys(self) -> LocalKeysSettings:
        return LocalKeysSettings(
            path=self.home.path / "keys" / "ring.json", master_key=SecretStr(self.secrets["keys.master"])
        )

    @property
    def tenant_secrets(self) -> LocalSecretsSettings:
        return LocalSecretsSettings(root=self.home.path / "secrets", keys=self.keys)

    @property
    def mail(self) -> MailboxSettings:
        return MailboxSettings(
            sender=Sender(address="hello@stackpro.example"),
            url=self.url("mailbox"),
            secret=SecretStr(self.secrets["mailbox"]),
        )

    @property
    def objects(self) -> LocalObjectsSettings:
        return LocalObjectsSettings(
            root=self.home.path / "objects",
            public_url=self.url("objects"),
            signing_key=SecretStr(self.secrets["objects"]),
        )

    def auth(self) -> AuthSettings:
        return AuthSettings.model_validate(
            self.service_settings("auth")
            | {
                "keys": self.keys,
                "mail": self.mail,
                "billing_url": self.url("billing"),
                "refresh_key": SecretStr(self.secrets["refresh"]),
                "web_origins": self.web_origins,
                "web_url": self.web_url,
            }
        )

    def billing(self) -> BillingSettings:
        return BillingSettings.model_validate(
            self.service_settings("billing")
            | {
                "mail": self.mail,
                "auth_url": self.url("auth"),
                "web_url": self.web_url,
                "stripe_api_key": SecretStr(self.secrets["stripe.api_key"]),
                "stripe_webhook_secrets": (SecretStr(self.secrets["stripe.webhook"]),),
                "stripe_api_url": self.url("stripe"),
                "push_catalogue_at_start": True,
            }
        )

    def provisioner(self) -> ProvisionerSettings:
        """Read after the cloud emulator has started, which writes down what its account holds."""
        account = CloudAccount.model_validate_json(self.cloud().seed_file.read_bytes())
        access_key = SecretStr("sandbox")
        return ProvisionerSettings.model_validate(
            self.service_settings("provisioner")
            | {
                "mail": self.mail,
                "objects": self.objects,
                "secrets": self.tenant_secrets,
                "cloud": CloudSettingsOfProvisioner(
                    aws=AwsSettings(
                        region=account.region,
                        endpoint_url=self.url("cloud"),
                        access_key_id=access_key.get_secret_value(),
                        secret_access_key=access_key,
                    ),
                    account=account,
                ),
                "auth_url": self.url("auth"),
                "billing_url": self.url("billing"),
                "web_url": self.web_url,
                "agent_url": self.url("provisioner"),
                "host_token_key": SecretStr(self.secrets["agent"]),
                "stack_url_template": f"http://{{slug}}.{BASE_DOMAIN}:{self.ports['edge']}",
                "edge_address": f"127.0.0.1:{self.ports['edge']}",
                "poll_seconds": POLL_SECONDS,
                "engine_concurrency": 8,
            }
        )

    def messaging(self) -> MessagingSettings:
        return MessagingSettings.model_validate(
            self.service_settings("messaging")
            | {
                "keys": self.keys,
                "cache": CacheSettings(url=SecretStr(self.valkey.url())),
                "objects": self.objects,
                "billing_url": self.url("billing"),
                "attachments_bucket": ATTACHMENTS_BUCKET,
                "web_origins": self.web_origins,
            }
        )

    def ai(self) -> AiSettings:
        return AiSettings.model_validate(
            self.service_settings("ai")
            | {
                "objects": self.objects,
                "billing_url": self.url("billing"),
                "messaging_url": self.url("messaging"),
                "documents_bucket": DOCUMENTS_BUCKET,
            }
        )

    def gateway(self) -> GatewaySettings:
        return GatewaySettings(
            auth_url=self.url("auth"),
            billing_url=self.url("billing"),
            provisioner_url=self.url("provisioner"),
            messaging_url=self.url("messaging"),
            ai_url=self.url("ai"),
            service_private_key=SecretStr(self.secrets["service.gateway"]),
            valkey_url=SecretStr(self.valkey.url()),
            cors_origins=self.web_origins,
            metrics_token=SecretStr(self.secrets["metrics"]),
            drain_seconds=0,
        )

    def stripe(self) -> StripeSandboxSettings:
        return StripeSandboxSettings(
            database=self.home.path / "stripe" / "stripe.db",
            api_key=self.secrets["stripe.api_key"],
            webhook_secret=self.secrets["stripe.webhook"],
            webhook_url=f"{self.gateway_url}/webhooks/stripe",
            base_url=self.url("stripe"),
            clock=FileClock(self.clock_file),
        )

    def mailbox(self) -> MailboxServerSettings:
        return MailboxServerSettings(
            path=self.home.path / "mailbox" / "mailbox.db", secret=SecretStr(self.secrets["mailbox"])
        )

    def objects_server(self) -> ObjectsServerSettings:
        return ObjectsServerSettings(store=self.objects)

    def cloud(self) -> CloudSettings:
        return CloudSettings(
            home=self.home.path / "cloud",
            hosts=self.home.path / "hosts",
            port=self.ports["cloud"],
            base_domain=BASE_DOMAIN,
        )

    def web(self, frontend: Path) -> WebSettings:
        return WebSettings(frontend=frontend, api_url=self.gateway_url, files_url=self.url("objects"))

    def edge(self) -> EdgeSettings:
        return EdgeSettings(cloud_url=self.url("cloud"), hosts=self.home.path / "hosts", port=self.ports["edge"])

    def hosts(self) -> HostsSettings:
        return HostsSettings(cloud_url=self.url("cloud"), hosts=self.home.path / "hosts")


def open_world(home: Home, *, port: int, web_port: int, frontend: Path | None = None) -> World:
    """The world of `home`: what it has kept, and what is made at its first start."""
    return World(
        home=home,
        port=port,
        web_port=web_port,
        frontend=frontend,
        ports=home.ports(PORTS, fixed=(port, web_port)),
        secrets=home.secrets(SECRETS),
    )
