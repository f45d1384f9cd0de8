"""The mail to somebody who is invited: the one mail of auth whose reader may have no account."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from libs.adapters.mail.outgoing import Letter
from libs.common.database import Database
from libs.common.problems import NotFound
from services.auth.accounts import repository as accounts
from services.auth.accounts.locales import DEFAULT
from services.auth.invitations import repository
from services.auth.mails.texts import mail_text

Link = Callable[[UUID, str], str]
"""The address of an invitation, by its id and the language of its page."""


async def invitation_letter(database: Database, parameters: Mapping[str, Any], link: Link) -> Letter:
    """In the language of the business. Raises NotFound where the invitation is open no longer."""
    tenant_id, invitation_id = UUID(parameters["tenant_id"]), UUID(parameters["invitation_id"])
    async with database.tenant_session(tenant_id) as session:
        invitation = await repository.find_open(session, invitation_id)
        tenant = await accounts.find_tenant(session, tenant_id)
        inviter = None if invitation is None else await accounts.find_user(session, invitation.invited_by)
    if invitation is None or tenant is None or inviter is None:
        raise NotFound
    words = mail_text("invitation", tenant.locale)
    filled = {"inviter": inviter.full_name, "company": tenant.name, "link": link(invitation.id, tenant.locale)}
    return Letter(to=invitation.email, subject=words.subject.format(**filled), text=words.text.format(**filled))


def invitation_link(web_url: str, token: str, locale: str) -> str:
    """The token stands behind the `#`: browsers send that part to no server, so that no log holds it."""
    language = locale.split("-", maxsplit=1)[0]
    folder = "" if language == DEFAULT else f"/{language}"
    return f"{web_url}{folder}/invitation/#{token}"
