"""Whose is this Stripe customer? Asked before there is a tenant."""

from uuid import UUID

from sqlalchemy import select

from libs.common.database import Database
from services.billing.accounts.models import BillingAccount


async def tenant_of_customer(database: Database, stripe_customer_id: str) -> UUID | None:
    """The tenant that pays as this customer."""
    async with database.system_session() as session:
        return await session.scalar(
            select(BillingAccount.tenant_id).where(BillingAccount.stripe_customer_id == stripe_customer_id)
        )
