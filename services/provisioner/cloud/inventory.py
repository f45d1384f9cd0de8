"""Everything in the account that carries the platform's tag, as the reconciler wants it."""

from collections.abc import Sequence
from uuid import UUID

from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.tags import MANAGED_BY
from services.provisioner.engine.reconciler import FoundResource

BY_LAST_PART = frozenset({"ec2", "s3"})
"""Services whose things the ledger knows by the end of their ARN: `sg-…`, `i-…`, a bucket's name."""


class CloudInventory:
    """Reads the Resource Groups Tagging API."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def found(self) -> Sequence[FoundResource]:
        """One row for each thing; volumes go with their machines and are left out."""
        listed = await self._cloud.tagged_resources.list({"ManagedBy": MANAGED_BY})
        return [
            FoundResource(
                kind=_kind(each.arn),
                external_id=_external_id(each.arn),
                tenant_id=_tenant(each.tags.get("Tenant", "")),
                detail=each.tags.get("Name", ""),
            )
            for each in listed
            if ":volume/" not in each.arn
        ]


def _kind(arn: str) -> str:
    service, rest = arn.split(":")[2], arn.split(":", 5)[5]
    return f"{service}:{rest.split('/')[0]}" if "/" in rest else service


def _external_id(arn: str) -> str:
    service = arn.split(":")[2]
    return arn.rsplit(":", 1)[-1].rsplit("/", 1)[-1] if service in BY_LAST_PART else arn


def _tenant(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
