"""auth's open parts."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from libs.adapters.bus import open_bus
from libs.adapters.keys import open_keys
from libs.adapters.mail import Mailer, open_mail
from libs.common.http_client import ServiceHttp
from libs.common.service import ServiceContext
from libs.common.service_parts import open_parts
from libs.contracts.billing import BillingClient
from services.auth.accounts.passwords import PasswordHasher
from services.auth.accounts.service import Accounts
from services.auth.invitations.acceptance import InvitedPeople
from services.auth.invitations.service import Invitations
from services.auth.invitations.tokens import InvitationTokens
from services.auth.members.service import Members
from services.auth.profiles.service import Profiles
from services.auth.sessions.browser import BrowserRules
from services.auth.sessions.service import Sessions
from services.auth.settings import AuthSettings
from services.auth.signing_keys.cipher import SigningKeyCipher
from services.auth.signing_keys.service import SigningKeys


@dataclass(frozen=True, kw_only=True)
class AuthContext(ServiceContext):
    """What auth's endpoints, handlers and sweeps use."""

    accounts: Accounts
    profiles: Profiles
    members: Members
    invitations: Invitations
    invited_people: InvitedPeople
    invitation_tokens: InvitationTokens
    billing: BillingClient
    browser: BrowserRules
    sessions: Sessions
    signing_keys: SigningKeys
    cipher: SigningKeyCipher
    mail: Mailer
    web_url: str


@asynccontextmanager
async def open_context(settings: AuthSettings) -> AsyncIterator[AuthContext]:
    """Opens database, bus, keys, mail and the way to billing; closes them in reverse."""
    signing_keys: SigningKeys | None = None

    async def own_jwks() -> list[Mapping[str, Any]]:
        return [] if signing_keys is None else await signing_keys.jwks()

    async with (
        open_parts("auth", settings, fetch_jwks=own_jwks) as parts,
        open_bus(settings.bus) as bus,
        open_keys(settings.keys) as keys,
        open_mail(settings.mail) as mail,
    ):
        cipher = SigningKeyCipher(keys)
        signing_keys = SigningKeys(parts.database, cipher)
        secret = settings.refresh_key.get_secret_value().encode()
        sessions, invitation_tokens = Sessions(parts.database, signing_keys, secret), InvitationTokens(secret)
        billing_http = ServiceHttp("billing", settings.billing_url, parts.signer)
        billing = BillingClient(billing_http)
        hasher = PasswordHasher(threads=settings.password_threads)
        try:
            yield AuthContext(
                settings=settings,
                database=parts.database,
                bus=bus,
                clock=parts.clock,
                cursors=parts.cursors,
                tokens=parts.tokens,
                assertions=parts.assertions,
                access_modes=parts.access_modes,
                accounts=Accounts(parts.database, sessions, hasher, parts.clock, home_region=settings.home_region),
                profiles=Profiles(parts.database, hasher),
                members=Members(parts.database),
                invitations=Invitations(parts.database, billing, invitation_tokens),
                invited_people=InvitedPeople(
                    database=parts.database,
                    sessions=sessions,
                    hasher=hasher,
                    clock=parts.clock,
                    billing=billing,
                    access_modes=parts.access_modes,
                ),
                invitation_tokens=invitation_tokens,
                billing=billing,
                browser=BrowserRules(origins=settings.web_origins, cookie_domain=settings.session_cookie_domain),
                sessions=sessions,
                signing_keys=signing_keys,
                cipher=cipher,
                mail=mail,
                web_url=settings.web_url,
            )
        finally:
            hasher.close()
            await billing_http.aclose()
