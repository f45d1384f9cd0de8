"""The AWS account that stacks are built in: where it is, and the ids of what must stand there first."""

from pydantic import BaseModel, ConfigDict, Field

from libs.adapters.aws_settings import AwsSettings


class LoadBalancer(BaseModel):
    """An Application Load Balancer: its DNS name and the zone of that, and its HTTPS listener."""

    model_config = ConfigDict(frozen=True)

    dns_name: str
    zone_id: str
    listener_arn: str


class CloudAccount(BaseModel):
    """What an account holds before StackPro uses it: network, zone, load balancers, boundary policy, host image.

    `base_domain` is the zone's. Each stack has its names, a certificate, a rule and a target group at one of the
    `load_balancers`, all of which are in the security group `load_balancer_security_group_id`. A new stack comes to the
    one with the most room, and waits while each has `certificates_per_load_balancer`, the one of its listener
    included: AWS allows 25, and 100 rules and target groups, until it is asked for more (ELB User Guide, "Quotas for
    your Application Load Balancers"). One is added at any time, and never taken out while stacks are behind it.
    `db_subnet_group` names the subnets of RDS instances; null is the account's default.
    """

    model_config = ConfigDict(frozen=True)

    region: str
    account_id: str
    base_domain: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    hosted_zone_id: str
    load_balancers: tuple[LoadBalancer, ...] = Field(min_length=1)
    load_balancer_security_group_id: str
    certificates_per_load_balancer: int = Field(default=25, ge=2)
    permission_boundary_arn: str
    image_id: str
    db_subnet_group: str | None = None


class CloudSettings(BaseModel):
    """How to reach AWS, and the account there."""

    model_config = ConfigDict(frozen=True)

    aws: AwsSettings
    account: CloudAccount
