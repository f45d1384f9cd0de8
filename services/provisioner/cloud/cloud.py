"""The AWS port as one object: a client for each service, made once per process, behind typed methods."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from libs.adapters.aws import aws_client
from services.provisioner.cloud.bucket_objects import BucketObjects
from services.provisioner.cloud.buckets import Buckets
from services.provisioner.cloud.certificates import Certificates
from services.provisioner.cloud.databases import Databases
from services.provisioner.cloud.dns import DnsZone
from services.provisioner.cloud.instances import Instances
from services.provisioner.cloud.kms_keys import KmsKeys
from services.provisioner.cloud.load_balancing import LoadBalancing
from services.provisioner.cloud.mail_identities import MailIdentities
from services.provisioner.cloud.roles import Roles
from services.provisioner.cloud.secrets_manager import SecretsManager
from services.provisioner.cloud.security_groups import SecurityGroups
from services.provisioner.cloud.settings import CloudAccount, CloudSettings
from services.provisioner.cloud.tagged_resources import TaggedResources


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One AWS account and region. Every `find` answers None for what is not there, every `create` adopts what is,
    every `delete` of nothing succeeds; all raise CloudError and none retries: the engine does."""

    account: CloudAccount
    security_groups: SecurityGroups
    roles: Roles
    kms_keys: KmsKeys
    buckets: Buckets
    bucket_objects: BucketObjects
    secrets: SecretsManager
    instances: Instances
    databases: Databases
    dns: DnsZone
    certificates: Certificates
    load_balancing: LoadBalancing
    mail_identities: MailIdentities
    tagged_resources: TaggedResources


@asynccontextmanager
async def open_cloud(settings: CloudSettings) -> AsyncIterator[Cloud]:
    """Opens the clients, which takes some 40 ms each: once per process.

    The SDK's own retries are off: a second attempt inside the SDK could make a second thing, and retries belong to
    one layer only.
    """
    aws, account = settings.aws.model_copy(update={"max_attempts": 1}), settings.account
    async with AsyncExitStack() as stack:
        ec2 = await stack.enter_async_context(aws_client("ec2", aws))
        tagging = await stack.enter_async_context(aws_client("resourcegroupstaggingapi", aws))
        s3 = await stack.enter_async_context(aws_client("s3", aws, s3={"addressing_style": "path"}))
        tagged_resources = TaggedResources(tagging)
        yield Cloud(
            account=account,
            security_groups=SecurityGroups(ec2, vpc_id=account.vpc_id),
            roles=Roles(await stack.enter_async_context(aws_client("iam", aws))),
            kms_keys=KmsKeys(await stack.enter_async_context(aws_client("kms", aws)), tagged_resources),
            buckets=Buckets(s3, region=account.region, account_id=account.account_id),
            bucket_objects=BucketObjects(s3, account_id=account.account_id),
            secrets=SecretsManager(await stack.enter_async_context(aws_client("secretsmanager", aws))),
            instances=Instances(ec2),
            databases=Databases(
                await stack.enter_async_context(aws_client("rds", aws)), subnet_group=account.db_subnet_group
            ),
            dns=DnsZone(await stack.enter_async_context(aws_client("route53", aws)), zone_id=account.hosted_zone_id),
            certificates=Certificates(await stack.enter_async_context(aws_client("acm", aws))),
            load_balancing=LoadBalancing(
                await stack.enter_async_context(aws_client("elbv2", aws)),
                vpc_id=account.vpc_id,
                balancers=account.load_balancers,
                most_certificates=account.certificates_per_load_balancer,
            ),
            mail_identities=MailIdentities(
                await stack.enter_async_context(aws_client("sesv2", aws)),
                region=account.region,
                account_id=account.account_id,
            ),
            tagged_resources=tagged_resources,
        )
