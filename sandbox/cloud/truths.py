"""Where moto says what is not so, corrected: certificates, health of targets, ids and times after a restart."""

import json
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import moto.acm.models
import moto.core.utils
import moto.elbv2.models
import moto.s3.models
import moto.settings
from moto.acm.models import acm_backends
from moto.core.base_backend import BackendDict
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.moto_api._internal import mock_random

from sandbox.cloud.calls import Action
from sandbox.cloud.faults import Answer
from sandbox.cloud.inventory import inventory
from sandbox.cloud.settings import ACCOUNT
from sandbox.cloud.views import dns_records, group_arns, host_names
from sandbox.hosts.addresses import answers_health_check

HEALTH_XML = (
    '<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">'
    "<DescribeTargetHealthResult><TargetHealthDescriptions>{members}</TargetHealthDescriptions>"
    "</DescribeTargetHealthResult><ResponseMetadata><RequestId>target-health</RequestId></ResponseMetadata>"
    "</DescribeTargetHealthResponse>"
)
MEMBER_XML = (
    "<member><Target><Id>{id}</Id><Port>{port}</Port></Target><HealthCheckPort>traffic-port</HealthCheckPort>"
    "<TargetHealth>{health}</TargetHealth></member>"
)
NOT_YET = timedelta(days=1)
_original_now = moto.core.utils.utcnow
_now_override: list[float] = []


@dataclass(frozen=True, slots=True)
class Target:
    """A registered target: a port of an instance, and the path that must answer there with a 2xx or 3xx.

    `host` is a name of a rule that forwards to the target; null where no rule does.
    """

    instance_id: str
    port: int
    health_path: str
    running: bool
    host: str | None


def correct_moto(validation_wait: int) -> None:
    """Settings and functions of moto that cannot be had otherwise; call it again after more of moto was imported."""
    moto.settings.ACM_VALIDATION_WAIT = validation_wait
    # A listener rule's ARN ends in the memory address of its object: another one after every restart.
    setattr(moto.elbv2.models, "id", lambda _: mock_random.get_random_hex(16))  # noqa: B010  not an attribute yet
    setattr(moto.s3.models.FakeBucket, "get_permission", _unconditional_permission)  # noqa: B010  a method of theirs
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and getattr(module, "utcnow", None) is _original_now:
            setattr(module, "utcnow", emulated_now)  # noqa: B010  mypy knows no such attribute of a module


def open_account(region: str) -> None:
    """An account as new. moto makes its default network when first asked, with ids of that moment's random numbers."""
    BackendDict.reset()
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # hundreds of images that nobody here starts
    mock_random.seed(ACCOUNT)
    for backends in (ec2_backends, elbv2_backends, acm_backends):
        backends[ACCOUNT][region]


def emulated_now() -> datetime:
    """The time moto goes by: that of the call being replayed, else the real one (naive, in UTC, as moto wants it)."""
    seconds = _now_override[0] if _now_override else time.time()
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def set_time(seconds: float | None) -> None:
    """Hold moto's time at `seconds` since the epoch, or let it run again."""
    _now_override[:] = [] if seconds is None else [seconds]


def before_reading(action: Action) -> None:
    """moto issues a certificate by its age alone; here its age counts from its validation records on."""
    if action.service != "acm":
        return
    names = {name.lower() for name, kind in dns_records() if kind == "CNAME"}
    for backend in acm_backends[ACCOUNT].values():
        for certificate in backend._certificates.values():  # noqa: SLF001  moto has no public listing of objects
            if certificate.status == "PENDING_VALIDATION":
                proven, now = names >= _validation_names(certificate), emulated_now()
                certificate.created_at = min(certificate.created_at, now) if proven else now + NOT_YET


def registered_targets(arn: str, region: str) -> list[Target] | None:
    """The targets of a group; None when there is no such group."""
    group: Any = elbv2_backends[ACCOUNT][region].target_groups.get(arn)
    if group is None:
        return None
    path, host = group.health_check_path or "/", _host_of(arn, region)
    running = {instance.id for instance in ec2_backends[ACCOUNT][region].all_instances() if instance.state == "running"}
    return [
        Target(target["Id"], int(target.get("Port") or group.port), path, target["Id"] in running, host)
        for target in group.targets.values()
    ]


def target_health_answer(targets: list[Target], *, hosts: Path) -> Answer:
    """What the load balancer would report after its health check of each target."""
    with ThreadPoolExecutor(max_workers=max(1, min(8, len(targets)))) as pool:
        states = list(pool.map(lambda target: _health(target, hosts), targets))
    members = "".join(
        MEMBER_XML.format(id=escape(target.instance_id), port=target.port, health=health)
        for target, health in zip(targets, states, strict=True)
    )
    return Answer(200, (("Content-Type", "text/xml"),), HEALTH_XML.format(members=members).encode())


def _health(target: Target, hosts: Path) -> str:
    if not target.running:
        return _state("unused", "Target.InvalidState", "Target is in the stopped state")
    if target.host is None:
        return _state("unused", "Target.NotInUse", "Target group is not configured to receive traffic")
    if answers_health_check(hosts, target.instance_id, target.health_path, host=target.host):
        return "<State>healthy</State>"
    return _state("unhealthy", "Target.FailedHealthChecks", "Health checks failed")


def _host_of(arn: str, region: str) -> str | None:
    """AWS checks by address; an emulated machine tells its stacks apart by name alone, so a rule's name is sent."""
    balancers: Iterable[Any] = elbv2_backends[ACCOUNT][region].load_balancers.values()
    rules = [rule for each in balancers for listener in each.listeners.values() for rule in listener.rules.values()]
    names = [name for rule in rules if arn in group_arns(rule) for name in host_names(rule)]
    return min((name for name in names if "*" not in name), key=lambda name: (len(name), name), default=None)


def _state(state: str, reason: str, text: str) -> str:
    return f"<State>{state}</State><Reason>{reason}</Reason><Description>{text}</Description>"


def tagged_resources_answer(request: dict[str, object], region: str) -> Answer:
    """The tagging API over the inventory; moto's would load every service it knows."""
    filters: Any = request.get("TagFilters") or []
    kinds: Any = request.get("ResourceTypeFilters") or []
    found = [
        {"ResourceARN": resource.arn(region), "Tags": [{"Key": k, "Value": v} for k, v in resource.tags.items()]}
        for resource in inventory(region)
        if resource.tags
        and (not kinds or resource.type_name in kinds)
        and all(resource.tags.get(each["Key"]) in (each.get("Values") or resource.tags.values()) for each in filters)
    ]
    body = json.dumps({"ResourceTagMappingList": found, "PaginationToken": ""}).encode()
    return Answer(200, (("Content-Type", "application/x-amz-json-1.1"),), body)


def _unconditional_permission(bucket: Any, action: str, resource: str) -> PermissionResult:
    """moto takes a statement with a condition for one without: a bucket that asks for TLS would refuse everything."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(bucket.policy)
    document["Statement"] = [each for each in document["Statement"] if "Condition" not in each]
    return IAMPolicy(json.dumps(document)).is_action_permitted(action, resource)


def _validation_names(certificate: Any) -> set[str]:
    described = certificate.describe()["Certificate"].get("DomainValidationOptions", [])
    return {option["ResourceRecord"]["Name"].lower() for option in described}
