"""What the steps work with: the AWS port, the other ports, the platform's rules."""

from dataclasses import dataclass
from typing import TypeAlias

from libs.adapters.objects import Objects
from libs.adapters.secrets import Secrets
from libs.common.database import Database
from libs.contracts.billing import BillingClient
from services.provisioner.cloud.cloud import Cloud
from services.provisioner.engine.step import StepContext
from services.provisioner.hosts.credentials import HostTokens
from services.provisioner.steps.probe import Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRules:
    """`poll_seconds` is the pause between looks at what takes its time on AWS. `scheme` is that of stacks' URLs.

    `shared_bucket` holds the folders of trials, and backups; with `objects_on_s3` S3 can copy from there to a stack's
    bucket by itself. `database_class` and `database_gib` are those of an RDS
    instance.
    """

    agent_url: str
    scheme: str
    shared_bucket: str
    poll_seconds: float
    database_class: str
    database_gib: int
    objects_on_s3: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    database: Database
    cloud: Cloud
    objects: Objects
    secrets: Secrets
    billing: BillingClient
    tokens: HostTokens
    probe: Probe
    rules: StepRules


Context: TypeAlias = StepContext[Dependencies]
