"""The SES identity of a stack's domain, with the DKIM records that prove it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.provisioner.cloud.errors import ResourceExists, ResourceMissing, cloud_errors
from services.provisioner.cloud.tags import Tags, as_dict, as_list, named

if TYPE_CHECKING:
    from types_aiobotocore_sesv2 import SESV2Client


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIdentity:
    """`dkim_tokens`: for each, a CNAME `<token>._domainkey.<domain>` to `<token>.dkim.amazonses.com` is to be made
    (SES Developer Guide, "Easy DKIM"). `dkim_status` is SES's word: NOT_STARTED, PENDING, SUCCESS ..."""

    domain: str
    verified: bool
    dkim_status: str
    dkim_tokens: tuple[str, ...]
    tags: dict[str, str]


class MailIdentities:
    def __init__(self, client: "SESV2Client", *, region: str, account_id: str) -> None:
        self._client = client
        self._arns = f"arn:aws:ses:{region}:{account_id}:identity"

    async def find(self, domain: str) -> MailIdentity | None:
        try:
            with cloud_errors():
                found = await self._client.get_email_identity(EmailIdentity=domain)
        except ResourceMissing:
            return None
        dkim = found.get("DkimAttributes", {})
        return MailIdentity(
            domain=domain,
            verified=found.get("VerifiedForSendingStatus", False),
            dkim_status=dkim.get("Status", "NOT_STARTED"),
            dkim_tokens=tuple(dkim.get("Tokens", ())),
            tags=as_dict(found.get("Tags", [])),
        )

    async def create(self, domain: str, *, tags: Tags) -> MailIdentity:
        """Makes the identity with Easy DKIM and 2048-bit keys, or takes the one that is there."""
        try:
            with cloud_errors():
                await self._client.create_email_identity(
                    EmailIdentity=domain,
                    Tags=as_list(named(domain, tags)),
                    DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"},
                )
        except ResourceExists:
            pass  # adopted: the name is the domain's, which is ours
        made = await self.find(domain)
        if made is None:
            raise ResourceMissing
        return made

    async def tag(self, domain: str, tags: Tags) -> None:
        with cloud_errors():
            await self._client.tag_resource(ResourceArn=f"{self._arns}/{domain}", Tags=as_list(tags))

    async def delete(self, domain: str) -> None:
        if await self.find(domain) is None:
            return
        try:
            with cloud_errors():
                await self._client.delete_email_identity(EmailIdentity=domain)
        except ResourceMissing:
            return
