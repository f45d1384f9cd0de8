"""Promises mails in the transaction that gives cause for them. The sweep sends what was promised."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.billing.mails import repository


async def promise_mail(
    session: AsyncSession, tenant_id: UUID, *, kind: str, about: str, parameters: Mapping[str, str]
) -> None:
    """A mail of `kind` (see `texts.py`) to the tenant's owner, once for each `about`, if the session commits."""
    await repository.add_once(
        session,
        tenant_id=tenant_id,
        mail_id=new_id(),
        kind=kind,
        about=about,
        parameters=parameters,
        now=datetime.now(UTC),
    )
