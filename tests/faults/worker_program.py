"""What a forked worker of the provisioner runs: all of it, imported by the parent, on the small sandbox."""

import asyncio
from pathlib import Path

import anyio._backends._asyncio  # noqa: F401  # else every worker would import these at its first request
import httpcore  # noqa: F401
from pydantic import SecretStr

from libs.adapters.aws import aws_client
from libs.adapters.aws_settings import AwsSettings
from services.provisioner.worker import run
from tests.faults.small_sandbox import world_in

AWS = (
    "ec2", "resourcegroupstaggingapi", "iam", "kms", "s3", "secretsmanager", "rds", "route53", "acm", "elbv2", "sesv2",
)  # fmt: skip


def work(*, home: str, lease_seconds: float = 15.0, full: bool = False) -> None:
    """Works as the sandbox in `home` would let it, until SIGTERM; `full`: it knows one load balancer, without room."""
    settings = world_in(Path(home)).provisioner()
    account = settings.cloud.account
    if full:
        only = {"load_balancers": account.load_balancers[:1], "certificates_per_load_balancer": 2}
        account = account.model_copy(update=only)
    cloud = settings.cloud.model_copy(update={"account": account})
    run(settings.model_copy(update={"lease_seconds": lease_seconds, "cloud": cloud}))


async def _read_descriptions() -> None:
    """The parent reads what describes AWS's services, so that its workers start in no time."""
    key = SecretStr("none")
    settings = AwsSettings(endpoint_url="http://127.0.0.1:1", access_key_id=key, secret_access_key=key)
    for service in AWS:
        async with aws_client(service, settings):
            pass


asyncio.run(_read_descriptions())
