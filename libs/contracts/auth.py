"""What auth promises: its events, and who a tenant and its owner are."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from libs.common.events import FactEvent, StateEvent
from libs.common.http_client import ServiceHttp

CALLERS: Mapping[str, frozenset[str]] = {
    "get_tenant": frozenset({"gateway", "billing", "provisioner"}),
    "get_owner_contact": frozenset({"billing", "provisioner"}),
}


class TenantCreated(FactEvent):
    """A business signed up; `plan` is the one it wants to begin with, `user_id` its owner."""

    type: ClassVar[str] = "auth.tenant.created.v1"

    user_id: UUID
    slug: str
    plan: str


class MemberChanged(StateEvent):
    """A person's membership in a business: that they joined, their role, or that it ended (`active` is false)."""

    type: ClassVar[str] = "auth.member.changed.v1"

    user_id: UUID
    role: str
    active: bool


class Tenant(BaseModel):
    """A business; `country` is ISO 3166-1 alpha-2, `time_zone` an IANA name, `locale` a BCP 47 tag."""

    id: UUID
    slug: str
    name: str
    locale: str
    time_zone: str
    country: str | None
    home_region: str


class OwnerContact(BaseModel):
    """To whom the platform writes about a tenant; `locale` is the owner's, a BCP 47 tag."""

    user_id: UUID
    email: str
    full_name: str
    company: str
    slug: str
    locale: str


class AuthClient:
    """auth's internal operations."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def get_tenant(self, tenant_id: UUID) -> Tenant:
        """The tenant. Raises NotFound, ServiceUnavailable."""
        return await self._http.get(f"/internal/tenants/{tenant_id}", Tenant)

    async def get_owner_contact(self, tenant_id: UUID) -> OwnerContact:
        """The owner's address. Raises NotFound, ServiceUnavailable."""
        return await self._http.get(f"/internal/tenants/{tenant_id}/owner-contact", OwnerContact)
