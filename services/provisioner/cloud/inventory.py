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
        named = [(ledger_name(each.arn), each.tags) for each in listed]
        return [
            FoundResource(
                kind=kind,
                external_id=external_id,
                tenant_id=_tenant(tags.get("Tenant", "")),
                detail=tags.get("Name", ""),
            )
            for (kind, external_id), tags in named
            if kind not in PARTS
        ]


def ledger_name(arn: str) -> tuple[str, str]:
    """Kind and id of a thing as the ledger has them: `ec2:instance` and `i-1` for
    `arn:aws:ec2:us-east-1:1:instance/i-1`, `s3` for a bucket, whose ARN names no kind.

    An ARN is `arn:partition:service:region:account:resource` (AWS General Reference, "Amazon Resource Names").
    """
    service, resource = arn.split(":", 5)[2], arn.split(":", 5)[5].replace(":", "/")
    kind, separator, _ = resource.partition("/")
    external_id = arn if service in BY_ARN else resource.rpartition("/")[2]
    return (f"{service}:{kind}" if separator else service), external_id


def _tenant(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
