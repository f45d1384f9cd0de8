"""Everything in the account that carries the platform's tag, as the reconciler wants it."""

from collections.abc import Sequence
from uuid import UUID

from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.tags import MANAGED_BY
from services.provisioner.engine.reconciler import FoundResource

BY_ARN = frozenset({"acm", "elasticloadbalancing"})
"""Services whose things the ledger knows by their whole ARN; of all others it knows the end: `sg-…`, a name, an id."""
PARTS = frozenset({"ec2:volume", "iam:instance-profile", "secretsmanager:secret"})
"""What does not stand in the ledger under an id of AWS: disks go with their machine, profiles with their role, and
secrets are known by the name that the secrets port gives them."""


class CloudInventory:
    """Reads the Resource Groups Tagging API."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def found(self) -> Sequence[FoundResource]:
        """One row for each thing that the ledger should know, with the id that it would have there."""
        listed = await self._cloud.tagged_resources.list({"ManagedBy": MANAGED_BY})
        return [
            FoundResource(
                kind=_kind(each.arn),
                external_id=_external_id(each.arn),
                tenant_id=_tenant(each.tags.get("Tenant", "")),
                detail=each.tags.get("Name", ""),
            )
            for each in listed
            if _kind(each.arn) not in PARTS
        ]


def _kind(arn: str) -> str:
    """`ec2:instance` for `arn:aws:ec2:us-east-1:1:instance/i-1`; `s3` for a bucket, whose ARN names no kind."""
    service, resource = _split(arn)
    kind, separator, _ = resource.replace(":", "/").partition("/")
    return f"{service}:{kind}" if separator else service


def _external_id(arn: str) -> str:
    service, resource = _split(arn)
    return arn if service in BY_ARN else resource.replace(":", "/").rpartition("/")[2]


def _split(arn: str) -> tuple[str, str]:
    """Service and resource of `arn:partition:service:region:account:resource` (AWS General Reference, "ARNs")."""
    parts = arn.split(":", 5)
    return parts[2], parts[5]


def _tenant(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
