"""The provisioner's settings."""

from pydantic import Field, SecretStr

from libs.adapters.bus import BusSettings
from libs.adapters.mail import MailSettings
from libs.adapters.objects import ObjectsSettings
from libs.adapters.secrets import SecretsSettings
from libs.common.settings import ServiceSettings
from libs.contracts.hosts import LARGEST_SINGLE_UPLOAD
from services.provisioner.cloud.settings import CloudSettings


class ProvisionerSettings(ServiceSettings):
    """What the provisioner needs beyond every service's settings."""

    bus: BusSettings
    cloud: CloudSettings = Field(description="AWS, and the ids of what the account must hold.")
    objects: ObjectsSettings = Field(description="Where the folders of trials and the archives of backups lie.")
    secrets: SecretsSettings
    mail: MailSettings
    auth_url: str = Field(description="Where auth answers the other services.")
    billing_url: str = Field(description="Where billing answers the other services.")
    web_url: str = Field(description="Where people reach the web app.")
    agent_url: str = Field(description="Where hosts' agents reach this service; it goes into their user data.")
    host_token_key: SecretStr = Field(min_length=32, description="Derives hosts' one-time tokens.")
    stack_url_template: str = Field(
        pattern=r"^https?://.*\{slug\}",
        description="Public address of a stack, with `{slug}`, such as `https://{slug}.stackpro.example`.",
    )
    edge_address: str | None = Field(
        default=None, description="`host:port` that stacks are probed at by their Host header, instead of real DNS."
    )
    shared_bucket: str = Field(default="stackpro-tenants", description="Bucket of trials' folders and of backups.")
    backup_part_bytes: int = Field(
        default=256 * 1024**2,
        ge=1024,
        le=LARGEST_SINGLE_UPLOAD,
        description="Length of the parts that an archive is cut into; a host holds one part at a time on its disk.",
    )
    max_shared_hosts: int = Field(default=20, ge=1, description="How many shared hosts there may be.")
    warm_shared_hosts: int = Field(default=1, ge=0, description="How many shared hosts keep room for a new stack.")
    shared_host_instance_type: str = Field(default="t3.xlarge", description="Machine of a shared host.")
    shared_host_memory_mib: int = Field(default=16384, ge=2048, description="Memory of that machine.")
    shared_host_volume_gib: int = Field(default=100, ge=8, description="Disk of that machine.")
    database_class: str = Field(default="db.t3.medium", description="RDS instance class, for plans that have one.")
    database_gib: int = Field(default=50, ge=20, description="Storage of an RDS instance.")
    poll_seconds: float = Field(
        default=5, gt=0, description="Pause between looks at what takes its time on AWS; short against an emulator."
    )
    engine_concurrency: int = Field(default=4, ge=1, description="Deployments that one worker runs at once.")
    lease_seconds: float = Field(default=15, gt=1, description="How long a dead worker's deployment lies still.")
