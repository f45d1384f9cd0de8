"""The shared load balancers: a target group and a listener rule per stack, its certificate on the listener."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from services.provisioner.cloud.errors import CloudError, QuotaExceeded, ResourceExists, ResourceMissing, cloud_errors
from services.provisioner.cloud.settings import LoadBalancer
from services.provisioner.cloud.tags import Tags, as_keyed_list, named

if TYPE_CHECKING:
    from types_aiobotocore_elbv2 import ElasticLoadBalancingv2Client
    from types_aiobotocore_elbv2.type_defs import RuleTypeDef, TargetDescriptionTypeDef, TargetGroupTypeDef

NAME_LENGTH = 32
LAST_PRIORITY = 50_000
RACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetGroup:
    name: str
    arn: str
    port: int
    health_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetHealth:
    """`state` is the load balancer's word: initial, healthy, unhealthy, unused, draining, unavailable."""

    instance_id: str
    port: int
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerRule:
    arn: str
    priority: int
    hosts: frozenset[str]
    target_group_arn: str | None


def target_group_name(name: str) -> str:
    """`name` where it fits into the 32 characters that are allowed, else its beginning and a hash of all of it."""
    if len(name) <= NAME_LENGTH:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: NAME_LENGTH - 9].rstrip('-')}-{digest}"


class LoadBalancing:
    """Target groups of one VPC; rules and certificates of its load balancers' listeners, each named by its ARN."""

    def __init__(
        self,
        client: "ElasticLoadBalancingv2Client",
        *,
        vpc_id: str,
        balancers: Sequence[LoadBalancer],
        most_certificates: int,
    ) -> None:
        self._client = client
        self._vpc_id = vpc_id
        self._balancers = balancers
        self._most_certificates = most_certificates

    async def roomiest(self) -> LoadBalancer | None:
        """The load balancer with the fewest certificates; None while all are full."""
        used = await asyncio.gather(*(self._certificates(each.listener_arn) for each in self._balancers))
        fewest = min(range(len(used)), key=lambda number: len(used[number]))
        return self._balancers[fewest] if len(used[fewest]) < self._most_certificates else None

    async def find_target_group(self, name: str) -> TargetGroup | None:
        try:
            with cloud_errors():
                found = (await self._client.describe_target_groups(Names=[target_group_name(name)]))["TargetGroups"]
        except ResourceMissing:
            return None
        return _target_group(found[0]) if found else None

    async def create_target_group(self, name: str, *, port: int, health_path: str, tags: Tags) -> TargetGroup:
        """Makes the group, or takes the one of that name and has it checked at `health_path`.

        `port` is the default for targets; any status from 200 to 399 at `health_path` counts as healthy.
        """
        try:
            with cloud_errors():
                await self._client.create_target_group(
                    Name=target_group_name(name),
                    Protocol="HTTP",
                    Port=port,
                    VpcId=self._vpc_id,
                    TargetType="instance",
                    HealthCheckPath=health_path,
                    HealthCheckIntervalSeconds=10,
                    HealthCheckTimeoutSeconds=5,
                    HealthyThresholdCount=2,
                    UnhealthyThresholdCount=3,
                    Matcher={"HttpCode": "200-399"},
                    Tags=as_keyed_list(named(name, tags)),
                )
        except ResourceExists:
            pass  # adopted
        made = await self.find_target_group(name)
        if made is None:
            raise ResourceMissing
        return made if made.health_path == health_path else await self._check_at(made, health_path)

    async def _check_at(self, group: TargetGroup, health_path: str) -> TargetGroup:
        with cloud_errors():
            await self._client.modify_target_group(TargetGroupArn=group.arn, HealthCheckPath=health_path)
        return replace(group, health_path=health_path)

    async def delete_target_group(self, name: str) -> None:
        """Raises ResourceInUse while a rule points to it."""
        found = await self.find_target_group(name)
        if found is None:
            return
        try:
            with cloud_errors():
                await self._client.delete_target_group(TargetGroupArn=found.arn)
        except ResourceMissing:
            return

    async def register_target(self, target_group_arn: str, instance_id: str, port: int) -> None:
        """Safe to repeat."""
        targets: list[TargetDescriptionTypeDef] = [{"Id": instance_id, "Port": port}]
        with cloud_errors():
            await self._client.register_targets(TargetGroupArn=target_group_arn, Targets=targets)

    async def deregister_target(self, target_group_arn: str, instance_id: str, port: int) -> None:
        """Of a target that is not registered, or a group that is gone, a success."""
        targets: list[TargetDescriptionTypeDef] = [{"Id": instance_id, "Port": port}]
        try:
            with cloud_errors():
                await self._client.deregister_targets(TargetGroupArn=target_group_arn, Targets=targets)
        except ResourceMissing:
            return
        except CloudError as error:
            if error.aws_code not in ("InvalidTarget", "TargetNotFound"):
                raise

    async def target_health(self, target_group_arn: str) -> tuple[TargetHealth, ...]:
        """Every registered target and how the load balancer finds it. Raises ResourceMissing."""
        with cloud_errors():
            found = await self._client.describe_target_health(TargetGroupArn=target_group_arn)
        return tuple(
            TargetHealth(
                instance_id=each["Target"]["Id"],
                port=each["Target"].get("Port", 0),
                state=each["TargetHealth"].get("State", "unavailable"),
                reason=each["TargetHealth"].get("Reason"),
            )
            for each in found["TargetHealthDescriptions"]
        )

    async def tag(self, arn: str, tags: Tags) -> None:
        """A target group or a rule."""
        with cloud_errors():
            await self._client.add_tags(ResourceArns=[arn], Tags=as_keyed_list(tags))

    async def find_rule(self, listener_arn: str, hosts: Sequence[str]) -> ListenerRule | None:
        """The rule whose host names are exactly these; what a rule is for is all that tells it from another."""
        wanted = frozenset(host.lower() for host in hosts)
        return next((rule for rule in await self._rules(listener_arn) if rule.hosts == wanted), None)

    async def create_rule(
        self, listener_arn: str, name: str, *, hosts: Sequence[str], target_group_arn: str, tags: Tags
    ) -> ListenerRule:
        """Makes the rule at a free priority, or points the one for these hosts to the target group.

        A rule has at most five values (ELB User Guide, "Quotas"). Raises QuotaExceeded when no priority is free.
        """
        for _ in range(RACES):
            found = await self.find_rule(listener_arn, hosts)
            if found is not None:
                return await self.point_rule(found, target_group_arn)
            try:
                with cloud_errors():
                    made = await self._client.create_rule(
                        ListenerArn=listener_arn,
                        Priority=await self._free_priority(listener_arn),
                        Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": sorted(hosts)}}],
                        Actions=[{"Type": "forward", "TargetGroupArn": target_group_arn}],
                        Tags=as_keyed_list(named(name, tags)),
                    )
                return _rule(made["Rules"][0])
            except ResourceExists:
                continue  # another stack took the priority in between
        raise ResourceExists

    async def point_rule(self, rule: ListenerRule, target_group_arn: str) -> ListenerRule:
        """Sends the rule's requests to the target group from now on."""
        if rule.target_group_arn == target_group_arn:
            return rule
        with cloud_errors():
            changed = await self._client.modify_rule(
                RuleArn=rule.arn, Actions=[{"Type": "forward", "TargetGroupArn": target_group_arn}]
            )
        return _rule(changed["Rules"][0])

    async def delete_rule(self, listener_arn: str, hosts: Sequence[str]) -> None:
        found = await self.find_rule(listener_arn, hosts)
        if found is None:
            return
        try:
            with cloud_errors():
                await self._client.delete_rule(RuleArn=found.arn)
        except ResourceMissing:
            return

    async def add_certificate(self, listener_arn: str, certificate_arn: str) -> None:
        """The listener serves it to clients that ask for its names. Safe to repeat."""
        with cloud_errors():
            await self._client.add_listener_certificates(
                ListenerArn=listener_arn, Certificates=[{"CertificateArn": certificate_arn}]
            )

    async def has_certificate(self, listener_arn: str, certificate_arn: str) -> bool:
        return certificate_arn in await self._certificates(listener_arn)

    async def remove_certificate(self, listener_arn: str, certificate_arn: str) -> None:
        """Of a certificate that the listener does not have a success."""
        if await self.has_certificate(listener_arn, certificate_arn):
            with cloud_errors():
                await self._client.remove_listener_certificates(
                    ListenerArn=listener_arn, Certificates=[{"CertificateArn": certificate_arn}]
                )

    async def _certificates(self, listener_arn: str) -> set[str]:
        """ARNs of all certificates of the listener, its default one among them."""
        with cloud_errors():
            pages = self._client.get_paginator("describe_listener_certificates").paginate(ListenerArn=listener_arn)
            return {each.get("CertificateArn", "") async for page in pages for each in page["Certificates"]}

    async def _rules(self, listener_arn: str) -> list[ListenerRule]:
        found: list[ListenerRule] = []
        with cloud_errors():
            pages = self._client.get_paginator("describe_rules").paginate(ListenerArn=listener_arn)
            async for page in pages:
                found += [_rule(each) for each in page["Rules"] if not each.get("IsDefault")]
        return found

    async def _free_priority(self, listener_arn: str) -> int:
        taken = {rule.priority for rule in await self._rules(listener_arn)}
        free = next((each for each in range(1, LAST_PRIORITY + 1) if each not in taken), None)
        if free is None:
            raise QuotaExceeded
        return free


def _target_group(found: "TargetGroupTypeDef") -> TargetGroup:
    return TargetGroup(
        name=found["TargetGroupName"],
        arn=found["TargetGroupArn"],
        port=found.get("Port", 0),
        health_path=found.get("HealthCheckPath", "/"),
    )


def _rule(found: "RuleTypeDef") -> ListenerRule:
    hosts = {
        value.lower()
        for condition in found.get("Conditions", [])
        if condition.get("Field") == "host-header"
        for value in condition.get("HostHeaderConfig", {}).get("Values", []) or condition.get("Values", [])
    }
    forward = next((action for action in found.get("Actions", []) if action.get("Type") == "forward"), None)
    group: str | None = None
    if forward is not None:
        groups = forward.get("ForwardConfig", {}).get("TargetGroups", [])
        group = forward.get("TargetGroupArn") or (groups[0].get("TargetGroupArn") if groups else None)
    priority = found.get("Priority", "0")
    return ListenerRule(
        arn=found["RuleArn"],
        priority=int(priority) if priority.isdigit() else 0,
        hosts=frozenset(hosts),
        target_group_arn=group,
    )
