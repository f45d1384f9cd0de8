"""The AWS account that stacks are built in: where it is, and the ids of what must stand there first."""

from pydantic import BaseModel, ConfigDict

from libs.adapters.aws_settings import AwsSettings


class CloudAccount(BaseModel):
    """What an account holds before StackPro uses it: network, zone, load balancer, boundary policy, host image.

    `listener_arn` is the HTTPS listener that gets a rule and a certificate per stack; `base_domain` is the zone's.
    `db_subnet_group` names the subnets of RDS instances; null is the account's default.
    """

    model_config = ConfigDict(frozen=True)

    region: str
    account_id: str
    base_domain: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    hosted_zone_id: str
    load_balancer_arn: str
    load_balancer_dns_name: str
    load_balancer_zone_id: str
    load_balancer_security_group_id: str
    listener_arn: str
    permission_boundary_arn: str
    image_id: str
    db_subnet_group: str | None = None


class CloudSettings(BaseModel):
    """How to reach AWS, and the account there."""

    model_config = ConfigDict(frozen=True)

    aws: AwsSettings
    account: CloudAccount
