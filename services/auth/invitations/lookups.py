"""Which business does an invitation's token belong to? Asked before there is a tenant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from libs.common.database import Database
from services.auth.invitations.models import Invitation


async def tenant_of_token(database: Database, token_hash: bytes, *, now: datetime) -> UUID | None:
    """The tenant whose open invitation this is; None for any other token."""
    query = select(Invitation.tenant_id).where(
        Invitation.token_hash == token_hash, Invitation.ended_at.is_(None), Invitation.expires_at > now
    )
    async with database.system_session() as session:
        return await session.scalar(query)
