"""Every living resource of the emulated account, read from moto's state; what was seeded is listed too."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from moto.acm.models import acm_backends
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.rds.models import rds_backends
from moto.route53.models import route53_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sesv2.models import sesv2_backends

from sandbox.cloud.settings import ACCOUNT

ARN_PARTS = {
    ("ec2", "security_group"): "security-group",
    ("rds", "instance"): "db",
    ("elasticloadbalancing", "target_group"): "targetgroup",
    ("elasticloadbalancing", "load_balancer"): "loadbalancer",
    ("elasticloadbalancing", "listener_rule"): "listener-rule",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """`name` is what the platform called it, `id` what AWS did; both may be the same."""

    service: str
    kind: str
    id: str
    name: str
    tags: dict[str, str]

    @property
    def type_name(self) -> str:
        """As the tagging API filters by: `ec2:instance`, `kms:key`."""
        return f"{self.service}:{ARN_PARTS.get((self.service, self.kind), self.kind).replace('_', '-')}"

    def arn(self, region: str) -> str:
        """The ARN, made up where AWS calls the thing by a shorter id."""
        if self.id.startswith("arn:"):
            return self.id
        part = ARN_PARTS.get((self.service, self.kind), self.kind)
        return f"arn:aws:{self.service}:{region}:{ACCOUNT}:{part}/{self.id}"

    def as_dict(self) -> dict[str, object]:
        return {"service": self.service, "kind": self.kind, "id": self.id, "name": self.name, "tags": self.tags}


def inventory(region: str) -> list[Resource]:
    """All resources; an instance until it is terminated, a key until its deletion was scheduled."""
    return [resource for listing in LISTINGS for resource in listing(region)]


def _pairs(tags: object) -> dict[str, str]:
    """Tags in any of the shapes that moto keeps them in."""
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    listed: Iterable[Any] = tags if isinstance(tags, list) else []
    return {str(tag.get("Key", tag.get("key"))): str(tag.get("Value", tag.get("value", ""))) for tag in listed}


def _instances(region: str) -> Iterator[Resource]:
    for instance in ec2_backends[ACCOUNT][region].all_instances():
        if instance.state not in ("terminated", "shutting-down"):
            tags = _pairs(instance.get_tags())
            yield Resource("ec2", "instance", instance.id, tags.get("Name", ""), tags)


def _security_groups(region: str) -> Iterator[Resource]:
    for group in ec2_backends[ACCOUNT][region].describe_security_groups():
        yield Resource("ec2", "security_group", group.id, group.name, _pairs(group.get_tags()))


def _keys(region: str) -> Iterator[Resource]:
    backend: Any = kms_backends[ACCOUNT][region]
    for key in backend.keys.values():
        if key.key_state == "PendingDeletion" or key.key_manager == "AWS":
            continue
        aliases = sorted(key.aliases)
        tags = _pairs(backend.tagger.get_tag_dict_for_resource(key.id))
        yield Resource("kms", "key", key.id, aliases[0].removeprefix("alias/") if aliases else "", tags)


def _roles(_: str) -> Iterator[Resource]:
    backend: Any = iam_backends[ACCOUNT]["aws"]
    for role in backend.roles.values():
        if not role.path.startswith("/aws-service-role/"):
            yield Resource("iam", "role", role.arn, role.name, _pairs(role.tags))
    for profile in backend.instance_profiles.values():
        yield Resource("iam", "instance_profile", profile.arn, profile.name, _pairs(profile.tags))


def _buckets(_: str) -> Iterator[Resource]:
    backend: Any = s3_backends[ACCOUNT]["aws"]
    for bucket in backend.buckets.values():
        tags = _pairs(backend.tagger.get_tag_dict_for_resource(bucket.arn))
        yield Resource("s3", "bucket", bucket.arn, bucket.name, tags)


def _secrets(region: str) -> Iterator[Resource]:
    backend: Any = secretsmanager_backends[ACCOUNT][region]
    for secret in backend.secrets.values():
        if secret.deleted_date is None:
            yield Resource("secretsmanager", "secret", secret.arn, secret.name, _pairs(secret.tags))


def _records(_: str) -> Iterator[Resource]:
    backend: Any = route53_backends[ACCOUNT]["aws"]
    for zone in backend.zones.values():
        yield Resource("route53", "hosted_zone", zone.id, zone.name, {})
        for record in zone.rrsets:
            if record.type not in ("NS", "SOA"):
                name = f"{record.name.rstrip('.')}. {record.type}"
                yield Resource("route53", "record", name, name, {})


def _certificates(region: str) -> Iterator[Resource]:
    backend: Any = acm_backends[ACCOUNT][region]
    for certificate in backend._certificates.values():  # noqa: SLF001  moto has no public listing of objects
        yield Resource("acm", "certificate", certificate.arn, certificate.common_name, _pairs(dict(certificate.tags)))


def _load_balancing(region: str) -> Iterator[Resource]:
    backend: Any = elbv2_backends[ACCOUNT][region]

    def tags(arn: str) -> dict[str, str]:
        return _pairs(backend.tagging_service.get_tag_dict_for_resource(arn))

    for group in backend.target_groups.values():
        yield Resource("elasticloadbalancing", "target_group", group.arn, group.name, tags(group.arn))
    for balancer in backend.load_balancers.values():
        yield Resource("elasticloadbalancing", "load_balancer", balancer.arn, balancer.name, tags(balancer.arn))
        for listener in balancer.listeners.values():
            for rule in listener.rules.values():
                if not rule.is_default:
                    found = tags(rule.arn)
                    yield Resource("elasticloadbalancing", "listener_rule", rule.arn, found.get("Name", ""), found)


def _databases(region: str) -> Iterator[Resource]:
    for database in rds_backends[ACCOUNT][region].databases.values():
        name = str(database.db_instance_identifier)
        yield Resource("rds", "instance", database.arn, name, _pairs(database.tags))


def _mail_identities(region: str) -> Iterator[Resource]:
    backend: Any = sesv2_backends[ACCOUNT][region]
    for identity in backend.core_backend.email_identities.values():
        name = identity.email_identity
        # moto keeps the tags that came with the identity, and those that came later, in two places.
        later = backend.core_backend.tagger.get_tag_dict_for_resource(f"arn:aws:ses:{region}:{ACCOUNT}:identity/{name}")
        yield Resource("ses", "identity", name, name, {**_pairs(identity.tags), **later})


LISTINGS: tuple[Callable[[str], Iterator[Resource]], ...] = (
    _instances, _security_groups, _keys, _roles, _buckets, _secrets, _records, _certificates, _load_balancing,
    _databases, _mail_identities,
)  # fmt: skip
