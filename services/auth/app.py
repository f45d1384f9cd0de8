"""auth: who people are, which business they work in, and the tokens that prove it."""

from pathlib import Path

from fastapi import FastAPI

from libs.common.access_mode import apply_access_change
from libs.common.application import create_application
from libs.common.service import Service
from libs.contracts.auth import CALLERS
from libs.contracts.billing import TenantAccessChanged
from services.auth.accounts import endpoints as accounts
from services.auth.accounts import internal_endpoints
from services.auth.base import Base
from services.auth.context import open_context
from services.auth.invitations import endpoints as invitations
from services.auth.mails.sweeps import mail_sweep
from services.auth.members import endpoints as members
from services.auth.profiles import endpoints as profiles
from services.auth.sessions import endpoints as sessions
from services.auth.settings import AuthSettings
from services.auth.signing_keys import endpoints as signing_keys
from services.auth.signing_keys import operator_endpoints
from services.auth.signing_keys.service import rotation_sweep

SERVICE = Service(
    name="auth",
    settings=AuthSettings,
    open_context=open_context,
    migrations=Path(__file__).parent / "migrations",
    routers=(
        accounts.router,
        profiles.router,
        sessions.router,
        members.router,
        invitations.router,
        signing_keys.router,
        internal_endpoints.router,
        operator_endpoints.router,
    ),
    tables=Base.metadata,
    callers={**CALLERS, **operator_endpoints.OPERATOR_CALLERS},
    handlers=lambda _context: {TenantAccessChanged: apply_access_change},
    sweeps=lambda context: (
        mail_sweep(context.database, context.mail, web_url=context.web_url, tokens=context.invitation_tokens),
        rotation_sweep(context.cipher),
    ),
)


def create_app(settings: AuthSettings) -> FastAPI:
    """auth over HTTP."""
    return create_application(SERVICE, settings)
