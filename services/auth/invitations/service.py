"""Inviting people to a business, and withdrawing it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from libs.adapters.mail.outgoing import promise_mail
from libs.common.database import Database
from libs.common.ids import new_id
from libs.common.members import Member
from libs.contracts.billing import BillingClient
from services.auth.attempts.service import Limit, count_try
from services.auth.invitations import repository
from services.auth.invitations.errors import AlreadyMember, InvitationNotValid
from services.auth.invitations.models import Invitation
from services.auth.invitations.tokens import InvitationTokens, digest
from services.auth.mails.models import OutgoingMail
from services.auth.members import repository as members
from services.auth.members import rules
from services.auth.members.seats import refuse_beyond, seats_of
from services.auth.members.service import audit

LIFETIME = timedelta(days=7)
INVITATIONS = Limit(name="invitation", times=5, seconds=3600)
INVITATIONS_OF_TENANT = Limit(name="invitation_of_tenant", times=100, seconds=3600)
MAIL = "invitation"


class Invitations:
    """What those who manage members do."""

    def __init__(self, database: Database, billing: BillingClient, tokens: InvitationTokens) -> None:
        self._database = database
        self._billing = billing
        self._tokens = tokens

    async def invite(self, actor: Member, email: str, role: str) -> Invitation:
        """Promises a mail with a link that is good once, for seven days. An older link of this address is void.

        Raises:
            RateLimited: too many invitations to this address, or of this business.
            Forbidden: the actor may not manage members any more.
            AlreadyMember
            LimitReached: members and open invitations take all that the plan allows.
            ServiceUnavailable
        """
        await count_try(self._database, INVITATIONS_OF_TENANT, str(actor.tenant_id))
        await count_try(self._database, INVITATIONS, email)
        seats = await seats_of(self._billing, actor.tenant_id)
        now = datetime.now(UTC)
        invitation = self._new(actor, email, role, now)
        async with self._database.tenant_session(actor.tenant_id) as session:
            await members.hold_members(session, actor.tenant_id)
            rules.refuse_unless_manager(await members.role_of(session, actor.user_id))
            if await members.has_address(session, email):
                raise AlreadyMember
            await repository.end_those_to(session, email, now)
            refuse_beyond(seats, await members.count_members(session) + await repository.count_open(session))
            await repository.add(session, invitation)
            parameters = {"tenant_id": str(actor.tenant_id), "invitation_id": str(invitation.id)}
            await promise_mail(session, OutgoingMail, {"user_id": None}, kind=MAIL, parameters=parameters)
            await audit(session, actor.tenant_id, actor.user_id, "member.invite", target=f"invitation:{invitation.id}")
        return invitation

    def _new(self, actor: Member, email: str, role: str, now: datetime) -> Invitation:
        invitation_id = new_id()
        return Invitation(
            tenant_id=actor.tenant_id,
            id=invitation_id,
            email=email,
            role=role,
            token_hash=digest(self._tokens.of(invitation_id)),
            invited_by=actor.user_id,
            created_at=now,
            expires_at=now + LIFETIME,
            ended_at=None,
        )

    async def withdraw(self, actor: Member, invitation_id: UUID) -> None:
        """Makes the link void; one that was void stays so.

        Raises:
            InvitationNotValid: this business has sent no such invitation.
            Forbidden: the actor may not manage members any more.
        """
        async with self._database.tenant_session(actor.tenant_id) as session:
            await members.hold_members(session, actor.tenant_id)
            if await repository.find(session, invitation_id) is None:
                raise InvitationNotValid
            rules.refuse_unless_manager(await members.role_of(session, actor.user_id))
            if await repository.end(session, invitation_id, datetime.now(UTC)):
                await audit(
                    session, actor.tenant_id, actor.user_id, "member.withdraw", target=f"invitation:{invitation_id}"
                )
