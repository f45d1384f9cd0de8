"""Certificates of ACM, proven by DNS records; one per stack, found by its first name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.provisioner.cloud.errors import ResourceMissing, cloud_errors
from services.provisioner.cloud.tags import Tags, as_keyed_list, named

if TYPE_CHECKING:
    from types_aiobotocore_acm import ACMClient

USABLE: Final = ("PENDING_VALIDATION", "ISSUED")


@dataclass(frozen=True, slots=True)
class ValidationRecord:
    """A CNAME that proves a name of the certificate; without final dots."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """`status` is ACM's word; `failure` its reason, when there is one. AWS needs seconds to name the records."""

    arn: str
    domain: str
    names: tuple[str, ...]
    status: str
    failure: str | None
    records: tuple[ValidationRecord, ...]

    @property
    def issued(self) -> bool:
        return self.status == "ISSUED"


class Certificates:
    def __init__(self, client: "ACMClient") -> None:
        self._client = client

    async def find(self, domain: str) -> Certificate | None:
        """The certificate for `domain` that is issued, or else waits for its records."""
        arns: list[str] = []
        with cloud_errors():
            pages = self._client.get_paginator("list_certificates").paginate(CertificateStatuses=USABLE)
            async for page in pages:
                arns += [
                    each["CertificateArn"] for each in page["CertificateSummaryList"] if each["DomainName"] == domain
                ]
        found = [certificate for arn in arns if (certificate := await self.get(arn)) is not None]
        return min(found, key=lambda certificate: (not certificate.issued, certificate.arn), default=None)

    async def get(self, arn: str) -> Certificate | None:
        try:
            with cloud_errors():
                found = (await self._client.describe_certificate(CertificateArn=arn))["Certificate"]
        except ResourceMissing:
            return None
        options = found.get("DomainValidationOptions", [])
        records = {
            ValidationRecord(record["Name"].rstrip("."), record["Value"].rstrip("."))
            for option in options
            if (record := option.get("ResourceRecord"))
        }
        return Certificate(
            arn=arn,
            domain=found["DomainName"],
            names=tuple(sorted(found.get("SubjectAlternativeNames", []))),
            status=found["Status"],
            failure=found.get("FailureReason"),
            records=tuple(sorted(records, key=lambda record: record.name)),
        )

    async def create(
        self, domain: str, *, other_names: Sequence[str] = (), client_token: str, tags: Tags
    ) -> Certificate:
        """Requests it, or takes one that is there.

        ACM keeps a token for an hour, and allows 32 letters and digits (ACM API, RequestCertificate): so the domain
        is looked for first, and of the token its letters and digits are sent.
        """
        found = await self.find(domain)
        if found is not None:
            return found
        with cloud_errors():
            made = await self._client.request_certificate(
                DomainName=domain,
                SubjectAlternativeNames=[domain, *other_names],
                ValidationMethod="DNS",
                IdempotencyToken="".join(each for each in client_token if each.isalnum())[:32],
                Tags=as_keyed_list(named(domain, tags)),
            )
        certificate = await self.get(made["CertificateArn"])
        if certificate is None:
            raise ResourceMissing
        return certificate

    async def tag(self, arn: str, tags: Tags) -> None:
        with cloud_errors():
            await self._client.add_tags_to_certificate(CertificateArn=arn, Tags=as_keyed_list(tags))

    async def delete(self, arn: str) -> None:
        """Raises ResourceInUse while a listener has it."""
        try:
            with cloud_errors():
                await self._client.delete_certificate(CertificateArn=arn)
        except ResourceMissing:
            return
