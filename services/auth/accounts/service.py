"""Sign-up and sign-in. Neither tells, by text or time, more than it must about who has an account."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from libs.adapters.mail.outgoing import promise_mail
from libs.common.audit import record_audit, record_usage
from libs.common.clock import Clock
from libs.common.database import Database
from libs.common.events import announce
from libs.common.ids import new_id, new_slug
from libs.common.problems import NotFound, Unauthenticated
from libs.common.request_context import current_request_id
from libs.contracts.auth import TenantCreated
from services.auth.accounts import lookups, repository
from services.auth.accounts.announcements import membership_event
from services.auth.accounts.errors import EmailTaken, WrongCredentials
from services.auth.accounts.locales import DEFAULT
from services.auth.accounts.lookups import OwnMembership
from services.auth.accounts.models import Membership, TenantRow, UserAccount
from services.auth.accounts.passwords import PasswordHasher, check_strength
from services.auth.attempts.service import Limit, count_try, forget_attempts
from services.auth.mails.models import OutgoingMail
from services.auth.sessions.service import Sessions, Tokens

SIGN_UP_SECONDS = 0.25
SIGN_UPS = Limit(name="sign_up", times=5, seconds=3600)
SIGN_INS = Limit(name="sign_in", times=10, seconds=900)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What a visitor fills in; `email` is normalised. `user_agent` is the header, `locale` the language to write in."""

    email: str
    password: str
    full_name: str
    company: str
    plan: str
    locale: str = DEFAULT
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUp:
    """The account that was made, and its first session."""

    user: UserAccount
    tenant: TenantRow
    tokens: Tokens


class Accounts:
    """Sign-up, sign-in, and what a person may know of themselves."""

    def __init__(
        self, database: Database, sessions: Sessions, hasher: PasswordHasher, clock: Clock, *, home_region: str
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._hasher = hasher
        self._clock = clock
        self._home_region = home_region

    async def sign_up(self, account: NewAccount) -> SignedUp:
        """Makes user, tenant and owner membership, and announces the tenant, in one transaction.

        Raises:
            WeakPassword, EmailTaken
            RateLimited: too many tries with this address.
        """
        check_strength(account.password, personal=known_words(account.email, account.full_name, [account.company]))
        async with taking_at_least(SIGN_UP_SECONDS):
            await count_try(self._database, SIGN_UPS, account.email)
            password_hash = await self._hasher.hash(account.password)
            signed_up = await self._create(account, password_hash)
            if signed_up is None:
                await self._tell_owner_of_address(account.email)
                raise EmailTaken
            return signed_up

    async def _create(self, account: NewAccount, password_hash: str) -> SignedUp | None:
        now, user_id, tenant_id = self._clock.now(), new_id(), new_id()
        user = UserAccount(
            id=user_id,
            email=account.email,
            full_name=account.full_name,
            password_hash=password_hash,
            locale=account.locale,
            created_at=now,
        )
        tenant = TenantRow(
            tenant_id=tenant_id,
            slug=new_slug(account.company),
            name=account.company,
            locale=account.locale,
            time_zone="UTC",
            country=None,
            home_region=self._home_region,
            created_at=now,
        )
        owner = Membership(tenant_id=tenant_id, id=new_id(), user_id=user_id, role="owner", created_at=now, version=1)
        async with self._database.tenant_session(tenant_id) as session:
            if not await repository.add_user(session, user):
                return None
            await repository.add_tenant(session, tenant, owner)
            event = TenantCreated(tenant_id=tenant_id, user_id=user_id, slug=tenant.slug, plan=account.plan)
            await announce(session, event, membership_event(owner))
            await record_usage(session, tenant_id=tenant_id, entitlement="users", quantity=1)
            await record_audit(
                session,
                tenant_id=tenant_id,
                actor=f"user:{user_id}",
                action="tenant.create",
                target=f"tenant:{tenant_id}",
                request_id=current_request_id(),
            )
            membership = OwnMembership(tenant_id=tenant_id, slug=tenant.slug, name=tenant.name, role=owner.role)
            tokens = await self._sessions.open(
                session, user_id=user_id, membership=membership, user_agent=account.user_agent
            )
        return SignedUp(user=user, tenant=tenant, tokens=tokens)

    async def _tell_owner_of_address(self, email: str) -> None:
        async with self._database.platform_session() as session:
            user = await repository.find_user_by_email(session, email)
            if user is not None:
                await promise_mail(session, OutgoingMail, {"user_id": user.id}, kind="email_taken")

    async def sign_in(self, email: str, password: str, *, user_agent: str | None = None) -> Tokens:
        """Opens a session in the first of the person's businesses.

        Raises:
            WrongCredentials: the same, in the same time, for an unknown address and a wrong password.
            RateLimited: too many tries with this address.
        """
        await count_try(self._database, SIGN_INS, email)
        async with self._database.platform_session() as session:
            user = await repository.find_user_by_email(session, email)
        if not await self._hasher.verify(password, None if user is None else user.password_hash) or user is None:
            raise WrongCredentials
        memberships = await self.memberships(user.id)
        if not memberships:
            raise WrongCredentials
        async with self._database.platform_session() as session:
            if not await repository.hold_password(session, user.id, user.password_hash):
                raise WrongCredentials  # it was changed while the old one was verified
            await forget_attempts(session, SIGN_INS, email)
            return await self._sessions.open(session, user_id=user.id, membership=memberships[0], user_agent=user_agent)

    async def memberships(self, user_id: UUID) -> list[OwnMembership]:
        """The businesses that a person belongs to."""
        return await lookups.memberships_of(self._database, user_id)

    async def user(self, user_id: UUID) -> UserAccount:
        """The person of a valid token. Raises Unauthenticated if the account is gone."""
        async with self._database.platform_session() as session:
            user = await repository.find_user(session, user_id)
        if user is None:
            raise Unauthenticated
        return user

    async def tenant(self, tenant_id: UUID) -> TenantRow:
        """Raises NotFound."""
        async with self._database.tenant_session(tenant_id) as session:
            tenant = await repository.find_tenant(session, tenant_id)
        if tenant is None:
            raise NotFound
        return tenant

    async def owner(self, tenant_id: UUID) -> UserAccount:
        """The tenant's owner. Raises NotFound."""
        async with self._database.tenant_session(tenant_id) as session:
            owner = await repository.find_owner(session, tenant_id)
        if owner is None:
            raise NotFound
        return owner


def known_words(email: str, full_name: str, companies: Sequence[str]) -> dict[str, Sequence[str]]:
    """What someone who knows the person would try first, by the field that it stands in; for `check_strength`."""
    return {"email": [email.split("@", maxsplit=1)[0], email], "full_name": [full_name], "company": companies}


@asynccontextmanager
async def taking_at_least(seconds: float) -> AsyncIterator[None]:
    """Ends no sooner than after `seconds`, also by an error: the time then tells nothing."""
    until = time.monotonic() + seconds
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, until - time.monotonic()))
