"""What the emulated machines and the emulated internet edge need to know of the account, as plain JSON values."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends
from moto.route53.models import route53_backends

from sandbox.cloud.settings import ACCOUNT

INSTANCE_SERVICES = ("ec2",)
ROUTE_SERVICES = ("ec2", "elasticloadbalancing", "route53")
NAMING_RECORDS = ("A", "AAAA", "CNAME")


@dataclass(frozen=True, slots=True)
class ForwardRule:
    """A listener rule: requests for one of `hosts` go to one of `targets` ({"instance_id", "port"})."""

    priority: int
    hosts: list[str]
    targets: list[dict[str, object]]


def instances(region: str) -> list[dict[str, object]]:
    """Every instance with its state; user data as it was given (base64)."""
    return [
        {"id": each.id, "state": each.state, "user_data": each.user_data.as_bytes().decode() if each.user_data else ""}
        for each in ec2_backends[ACCOUNT][region].all_instances()
    ]


def routes(region: str) -> dict[str, object]:
    """Names that resolve, and rules in the order of their priority: each for those names that lead to its balancer."""
    backend: Any = elbv2_backends[ACCOUNT][region]
    aliases = _aliases()
    rules = {
        (tuple(rule.hosts), rule.priority): rule
        for balancer in backend.load_balancers.values()
        for listener in balancer.listeners.values()
        for rule in (
            _forward_rule(each, backend.target_groups, leading_here=aliases.get(balancer.dns_name.lower(), frozenset()))
            for each in listener.rules.values()
        )
        if rule is not None
    }
    names = sorted({_plain(name) for name, kind in dns_records() if kind in NAMING_RECORDS})
    ordered = sorted(rules.values(), key=lambda rule: rule.priority)
    listed = [{"priority": rule.priority, "hosts": rule.hosts, "targets": rule.targets} for rule in ordered]
    return {"names": names, "rules": listed}


def _aliases() -> dict[str, set[str]]:
    """The names that lead to each AWS name."""
    found: dict[str, set[str]] = {}
    for record in _records():
        if record.alias_target:
            target = record.alias_target["DNSName"].rstrip(".").lower()
            found.setdefault(target, set()).add(_plain(record.name))
    return found


def _forward_rule(rule: Any, groups: Mapping[str, Any], *, leading_here: Collection[str]) -> ForwardRule | None:
    hosts = [name for name in host_names(rule) if name in leading_here]
    if rule.is_default or not hosts:
        return None
    targets: list[dict[str, object]] = []
    for arn in group_arns(rule):
        group = groups.get(arn)
        if group is not None:
            targets += [
                {"instance_id": target["Id"], "port": int(target.get("Port") or group.port)}
                for target in group.targets.values()
            ]
    return ForwardRule(int(rule.priority), hosts, targets)


def dns_records() -> set[tuple[str, str]]:
    """All records of all zones as (name with its final dot, type)."""
    return {(f"{record.name.rstrip('.')}.", str(record.type)) for record in _records()}


def _records() -> Iterable[Any]:
    zones: Iterable[Any] = route53_backends[ACCOUNT]["aws"].zones.values()
    return [record for zone in zones for record in zone.rrsets]


def _plain(name: str) -> str:
    return name.rstrip(".").replace("\\052", "*").lower()


def host_names(rule: Any) -> list[str]:
    """The values of a rule's host-header conditions."""
    return [
        str(value).lower()
        for condition in rule.conditions
        if condition.get("Field") == "host-header"
        for value in condition.get("Values") or condition.get("HostHeaderConfig", {}).get("Values", [])
    ]


def group_arns(rule: Any) -> list[str]:
    """The target groups that a rule forwards to."""
    arns: list[str] = []
    for action in rule.actions:
        data = action.data
        if data.get("TargetGroupArn"):
            arns.append(data["TargetGroupArn"])
        else:
            arns.extend(group["TargetGroupArn"] for group in data.get("ForwardConfig", {}).get("TargetGroups", []))
    return arns
