"""The people of a business: their roles, removing them, and leaving."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import record_audit, record_usage
from libs.common.database import Database
from libs.common.events import announce
from libs.common.members import Member
from libs.common.request_context import current_request_id
from services.auth.accounts.announcements import membership_event
from services.auth.accounts.models import Membership
from services.auth.members import repository, rules
from services.auth.members.errors import MemberNotFound
from services.auth.members.repository import Person
from services.auth.members.seats import ENTITLEMENT
from services.auth.sessions import repository as sessions


class Members:
    """Changes of who belongs to a business, one at a time for each business."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def change_role(self, actor: Member, user_id: UUID, role: str) -> Person:
        """Gives a member another role; the same one again changes nothing. It counts from their next refresh.

        Raises:
            Forbidden: the actor may not manage members, or not any more.
            MemberNotFound, OwnersOnly, LastOwner
        """
        async with self._database.tenant_session(actor.tenant_id) as session:
            target, own_role = await _held(session, actor, user_id)
            rules.refuse_unless_manager(own_role)
            rules.refuse_touching_owners(own_role, target.role, role)
            owners = await repository.count_owners(session)
            rules.refuse_losing_the_last_owner(target.role, role, owners=owners)
            if target.role != role:
                await repository.change_role(session, target, role)
                await announce(session, membership_event(target))
                await audit(session, actor.tenant_id, actor.user_id, "member.change_role", target=f"user:{user_id}")
            person = await repository.find_person(session, user_id)
        if person is None:
            raise MemberNotFound
        return person

    async def remove(self, actor: Member, user_id: UUID) -> None:
        """Ends a membership, and the person's sessions in this business; their access tokens die in ten minutes.

        Whoever removes themselves leaves, which every role may.

        Raises:
            Forbidden: the actor may not manage members, or not any more.
            MemberNotFound, OwnersOnly, LastOwner
        """
        now, leaves = datetime.now(UTC), actor.user_id == user_id
        async with self._database.tenant_session(actor.tenant_id) as session:
            target, own_role = await _held(session, actor, user_id)
            if not leaves:
                rules.refuse_unless_manager(own_role)
                rules.refuse_touching_owners(own_role, target.role)
            owners = await repository.count_owners(session)
            rules.refuse_losing_the_last_owner(target.role, None, owners=owners)
            await repository.end(session, target, now)
            await sessions.revoke_all_in(session, actor.tenant_id, user_id, because="member_removed", now=now)
            await announce(session, membership_event(target))
            await record_usage(session, tenant_id=actor.tenant_id, entitlement=ENTITLEMENT, quantity=-1)
            action = "member.leave" if leaves else "member.remove"
            await audit(session, actor.tenant_id, actor.user_id, action, target=f"user:{user_id}")


async def _held(session: AsyncSession, actor: Member, user_id: UUID) -> tuple[Membership, str | None]:
    """The target's membership and the actor's present role, while nobody else changes either."""
    await repository.hold_members(session, actor.tenant_id)
    target = await repository.find_membership(session, user_id)
    if target is None:
        raise MemberNotFound
    return target, await repository.role_of(session, actor.user_id)


async def audit(session: AsyncSession, tenant_id: UUID, actor: UUID, action: str, *, target: str) -> None:
    """Notes what a person did to the people of a business."""
    await record_audit(
        session,
        tenant_id=tenant_id,
        actor=f"user:{actor}",
        action=action,
        target=target,
        request_id=current_request_id(),
    )
