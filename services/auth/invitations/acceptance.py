"""Accepting an invitation. Whether its address has an account is told to nobody who has not proven the token."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.access_mode import AccessModes
from libs.common.audit import record_usage
from libs.common.clock import Clock
from libs.common.database import Database
from libs.common.events import announce
from libs.common.ids import new_id
from libs.common.members import refuse_by_mode
from libs.contracts.billing import BillingClient, EntitlementCheck
from services.auth.accounts import repository as accounts
from services.auth.accounts.announcements import membership_event
from services.auth.accounts.errors import EmailTaken, WrongCredentials
from services.auth.accounts.lookups import OwnMembership
from services.auth.accounts.models import TenantRow, UserAccount
from services.auth.accounts.passwords import PasswordHasher, check_strength
from services.auth.accounts.service import (
    SIGN_INS,
    SIGN_UP_SECONDS,
    SIGN_UPS,
    SignedUp,
    known_words,
    taking_at_least,
)
from services.auth.attempts.service import count_try, forget_attempts
from services.auth.invitations import lookups, repository
from services.auth.invitations.errors import AlreadyMember, InvitationNotValid, NameMissing
from services.auth.invitations.models import Invitation
from services.auth.invitations.tokens import digest
from services.auth.members import repository as members
from services.auth.members.seats import ENTITLEMENT, refuse_beyond, seats_of
from services.auth.members.service import audit
from services.auth.sessions.service import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What an invited person sends; `locale` and `full_name` are of an account that is made for them."""

    token: str = field(repr=False)
    password: str = field(repr=False)
    full_name: str | None
    locale: str
    user_agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An open invitation, the business that sent it, and the account of its address, if there is one."""

    invitation: Invitation
    tenant: TenantRow
    user: UserAccount | None


class InvitedPeople:
    """What somebody with an invitation's token may do."""

    def __init__(
        self,
        *,
        database: Database,
        sessions: Sessions,
        hasher: PasswordHasher,
        clock: Clock,
        billing: BillingClient,
        access_modes: AccessModes,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._hasher = hasher
        self._clock = clock
        self._billing = billing
        self._access_modes = access_modes

    async def look(self, token: str) -> Invited:
        """What the token invites to. Raises InvitationNotValid."""
        token_hash = digest(token)
        tenant_id = await lookups.tenant_of_token(self._database, token_hash, now=datetime.now(UTC))
        if tenant_id is None:
            raise InvitationNotValid
        async with self._database.tenant_session(tenant_id) as session:
            invitation = await repository.find_open_by_token(session, token_hash)
            tenant = await accounts.find_tenant(session, tenant_id)
            if invitation is None or tenant is None:
                raise InvitationNotValid
            user = await accounts.find_user_by_email(session, invitation.email)
        return Invited(invitation=invitation, tenant=tenant, user=user)

    async def accept(self, acceptance: Acceptance) -> SignedUp:
        """Makes the invited person a member, with a new account or their own, and signs them in there.

        Raises:
            InvitationNotValid
            WrongCredentials: the address has an account, with another password.
            NameMissing, WeakPassword: of a new account.
            RateLimited: too many tries with this address, those of signing in and up included.
            LimitReached, SuspendedTenant, ReadOnlyTenant, ServiceUnavailable
        """
        async with taking_at_least(SIGN_UP_SECONDS):
            invited = await self.look(acceptance.token)
            tenant_id = invited.tenant.tenant_id
            refuse_by_mode(await self._access_modes.mode(tenant_id), "POST")
            user = await self._proven(invited, acceptance)
            seats = await seats_of(self._billing, tenant_id)
            async with self._database.tenant_session(tenant_id) as session:
                await self._hold(session, invited, user)
                return await self._join(session, invited, user, seats=seats, user_agent=acceptance.user_agent)

    async def _proven(self, invited: Invited, acceptance: Acceptance) -> UserAccount:
        if invited.user is None:
            return await self._new(invited, acceptance)
        return await self._known(invited.user, acceptance)

    async def _known(self, user: UserAccount, acceptance: Acceptance) -> UserAccount:
        await count_try(self._database, SIGN_INS, user.email)
        if not await self._hasher.verify(acceptance.password, user.password_hash):
            raise WrongCredentials
        return user

    async def _new(self, invited: Invited, acceptance: Acceptance) -> UserAccount:
        email, full_name = invited.invitation.email, acceptance.full_name
        if full_name is None:
            raise NameMissing
        check_strength(acceptance.password, personal=known_words(email, full_name, [invited.tenant.name]))
        await count_try(self._database, SIGN_UPS, email)
        return UserAccount(
            id=new_id(),
            email=email,
            full_name=full_name,
            password_hash=await self._hasher.hash(acceptance.password),
            locale=acceptance.locale,
            created_at=self._clock.now(),
        )

    async def _hold(self, session: AsyncSession, invited: Invited, user: UserAccount) -> None:
        """The business first: whoever changes its people waits here, so that one acceptance of a token wins."""
        await members.hold_members(session, invited.tenant.tenant_id)
        if not await repository.end(session, invited.invitation.id, datetime.now(UTC)):
            raise InvitationNotValid
        if invited.user is None:
            if not await accounts.add_user(session, user):
                raise EmailTaken  # they signed up while this went on
        elif not await accounts.hold_password(session, user.id, user.password_hash):
            raise WrongCredentials  # it was changed while the old one was verified

    async def _join(
        self,
        session: AsyncSession,
        invited: Invited,
        user: UserAccount,
        *,
        seats: EntitlementCheck,
        user_agent: str | None,
    ) -> SignedUp:
        # Other open invitations do not count here: after a change to a smaller plan the first who accept find room.
        refuse_beyond(seats, await members.count_members(session))
        tenant, role = invited.tenant, invited.invitation.role
        joined = await members.join(
            session, tenant_id=tenant.tenant_id, user_id=user.id, role=role, now=self._clock.now()
        )
        if joined is None:
            raise AlreadyMember
        await announce(session, membership_event(joined))
        await record_usage(session, tenant_id=tenant.tenant_id, entitlement=ENTITLEMENT, quantity=1)
        await audit(session, tenant.tenant_id, user.id, "member.join", target=f"invitation:{invited.invitation.id}")
        await forget_attempts(session, SIGN_INS, user.email)
        own = OwnMembership(tenant_id=tenant.tenant_id, slug=tenant.slug, name=tenant.name, role=role)
        tokens = await self._sessions.open(session, user_id=user.id, membership=own, user_agent=user_agent)
        return SignedUp(user=user, tenant=tenant, tokens=tokens)
