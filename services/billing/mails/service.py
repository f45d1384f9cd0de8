"""Promises mails in the transaction that gives cause for them. The sweep sends what was promised."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.mail import outgoing
from services.billing.mails.models import OutgoingMail


async def promise_mail(
    session: AsyncSession, tenant_id: UUID, *, kind: str, about: str, parameters: Mapping[str, str]
) -> None:
    """A mail of `kind` (see `texts.py`) to the tenant's owner, once for each `about`, if the session commits."""
    recipient = {"tenant_id": tenant_id, "about": about}
    await outgoing.promise_mail(session, OutgoingMail, recipient, kind=kind, parameters=parameters)
