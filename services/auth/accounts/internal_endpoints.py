"""Who a tenant and its owner are, for the other services."""

from uuid import UUID

from fastapi import APIRouter

from libs.contracts.auth import OwnerContact, Tenant
from services.auth.deps import Caller, Context

router = APIRouter(prefix="/internal/tenants", include_in_schema=False)


@router.get("/{tenant_id}", operation_id="get_tenant")
async def get_tenant(tenant_id: UUID, context: Context, _caller: Caller) -> Tenant:
    tenant = await context.accounts.tenant(tenant_id)
    return Tenant(
        id=tenant.tenant_id,
        slug=tenant.slug,
        name=tenant.name,
        locale=tenant.locale,
        time_zone=tenant.time_zone,
        country=tenant.country,
        home_region=tenant.home_region,
    )


@router.get("/{tenant_id}/owner-contact", operation_id="get_owner_contact")
async def get_owner_contact(tenant_id: UUID, context: Context, _caller: Caller) -> OwnerContact:
    tenant = await context.accounts.tenant(tenant_id)
    owner = await context.accounts.owner(tenant_id)
    return OwnerContact(
        user_id=owner.id,
        email=owner.email,
        full_name=owner.full_name,
        company=tenant.name,
        slug=tenant.slug,
        locale=owner.locale,
    )
