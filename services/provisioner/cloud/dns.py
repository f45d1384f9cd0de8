"""Records of the platform's zone in Route 53. A record is its name and type; an upsert is safe to repeat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from services.provisioner.cloud.errors import CallRejected, cloud_errors

if TYPE_CHECKING:
    from types_aiobotocore_route53 import Route53Client
    from types_aiobotocore_route53.literals import ChangeActionType
    from types_aiobotocore_route53.type_defs import ResourceRecordSetOutputTypeDef, ResourceRecordSetUnionTypeDef

RecordType = Literal["A", "AAAA", "CNAME", "TXT", "MX", "CAA"]
WILDCARD = "\\052"
"""How Route 53 writes the asterisk in its answers (Developer Guide, "DNS domain name format")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another AWS name that stands for the record: a load balancer's DNS name and the id of that name's zone."""

    dns_name: str
    zone_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsRecord:
    """A record set: values with a time to live in seconds, or an alias. `name` without the final dot."""

    name: str
    type: RecordType
    values: tuple[str, ...] = ()
    ttl: int = 60
    alias: Alias | None = None


class DnsZone:
    def __init__(self, client: "Route53Client", *, zone_id: str) -> None:
        self._client = client
        self._zone_id = zone_id

    async def find(self, name: str, record_type: RecordType) -> DnsRecord | None:
        found = await self._raw(name, record_type)
        return _record(found) if found else None

    async def create(self, record: DnsRecord) -> DnsRecord:
        """Makes the record or changes it to what is given."""
        await self._change("UPSERT", _record_set(record))
        return record

    async def delete(self, name: str, record_type: RecordType) -> None:
        """Route 53 deletes only what it is told exactly, so the record is read first."""
        found = await self._raw(name, record_type)
        if found is None:
            return
        try:
            await self._change("DELETE", found)
        except CallRejected as error:
            if error.aws_code != "InvalidChangeBatch" or await self._raw(name, record_type) is not None:
                raise  # only a record that went in the meantime is as good as deleted

    async def _raw(self, name: str, record_type: RecordType) -> "ResourceRecordSetOutputTypeDef | None":
        with cloud_errors():
            page = await self._client.list_resource_record_sets(
                HostedZoneId=self._zone_id, StartRecordName=name, StartRecordType=record_type, MaxItems="1"
            )
        for found in page["ResourceRecordSets"]:
            if _plain(found["Name"]) == name.lower() and found["Type"] == record_type:
                return found
        return None

    async def _change(self, action: "ChangeActionType", record: "ResourceRecordSetUnionTypeDef") -> None:
        with cloud_errors():
            await self._client.change_resource_record_sets(
                HostedZoneId=self._zone_id,
                ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
            )


def quoted_text(value: str) -> str:
    """A TXT value as Route 53 wants it: quoted, in parts of at most 255 characters (RFC 1035 §3.3.14)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return " ".join(f'"{escaped[start : start + 255]}"' for start in range(0, max(len(escaped), 1), 255))


def _plain(name: str) -> str:
    return name.rstrip(".").replace(WILDCARD, "*").lower()


def _record_set(record: DnsRecord) -> "ResourceRecordSetUnionTypeDef":
    if record.alias is not None:
        alias = {
            "DNSName": record.alias.dns_name,
            "HostedZoneId": record.alias.zone_id,
            "EvaluateTargetHealth": False,
        }
        return cast("ResourceRecordSetUnionTypeDef", {"Name": record.name, "Type": record.type, "AliasTarget": alias})
    return {
        "Name": record.name,
        "Type": record.type,
        "TTL": record.ttl,
        "ResourceRecords": [{"Value": value} for value in record.values],
    }


def _record(found: "ResourceRecordSetOutputTypeDef") -> DnsRecord:
    target = found.get("AliasTarget")
    alias = Alias(dns_name=target["DNSName"].rstrip("."), zone_id=target["HostedZoneId"]) if target else None
    values: Sequence[str] = [each["Value"] for each in found.get("ResourceRecords", [])]
    return DnsRecord(
        name=_plain(found["Name"]),
        type=cast("RecordType", found["Type"]),
        values=tuple(values),
        ttl=int(found.get("TTL") or 0),
        alias=alias,
    )
