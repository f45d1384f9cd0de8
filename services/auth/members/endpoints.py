"""The people of a business."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from libs.common.members import Member
from libs.common.paging import Page, page_of
from libs.common.problems import BadCursor, Forbidden, Unauthenticated, Unavailable, problem_responses
from services.auth.deps import Context, Leaver, MemberManager, Paging, TenantReader
from services.auth.invitations import repository as invitations
from services.auth.members import repository
from services.auth.members.errors import LastOwner, MemberNotFound, OwnersOnly
from services.auth.members.repository import Person
from services.auth.members.schemas import MemberAnswer, RoleChange, SeatsAnswer
from services.auth.members.seats import seats_of

router = APIRouter(prefix="/v1/members", tags=["Members"])
QUERY = "members"
ONE = "/{user_id:uuid}"
"""Only an id: the other words below `/v1/members` take methods of their own."""


@router.get(
    "",
    summary="List the people of the business",
    operation_id="list_members",
    responses=problem_responses(BadCursor, Unauthenticated, Forbidden),
)
async def list_members(member: TenantReader, context: Context, paging: Paging) -> Page[MemberAnswer]:
    """In the order in which they joined. Addresses are for those who may manage members, and one's own."""
    after: tuple[datetime, UUID] | None = None
    if paging.cursor is not None:
        joined_at, last_id = context.cursors.decode(paging.cursor, tenant_id=member.tenant_id, query=QUERY)
        after = datetime.fromisoformat(joined_at), UUID(last_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        found = await repository.list_people(session, limit=paging.limit + 1, after=after)

    def cursor_after(last: Person) -> str:
        position = [last.joined_at.isoformat(), str(last.membership_id)]
        return context.cursors.encode(position, tenant_id=member.tenant_id, query=QUERY)

    items, next_cursor = page_of(found, limit=paging.limit, cursor_after=cursor_after)
    return Page(items=[_answer(person, member) for person in items], next_cursor=next_cursor)


@router.get(
    "/seats",
    summary="How many people there may be",
    operation_id="get_seats",
    responses=problem_responses(Unauthenticated, Forbidden, Unavailable),
)
async def get_seats(member: MemberManager, context: Context) -> SeatsAnswer:
    """The plan's limit, and how much of it members and open invitations take."""
    seats = await seats_of(context.billing, member.tenant_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        return SeatsAnswer(
            members=await repository.count_members(session),
            invitations=await invitations.count_open(session),
            limit=seats.limit,
        )


@router.delete(
    "/me",
    status_code=204,
    summary="Leave the business",
    operation_id="leave_business",
    responses=problem_responses(Unauthenticated, Forbidden, MemberNotFound, LastOwner),
)
async def leave_business(member: Leaver, context: Context) -> None:
    """Ends one's own membership, and one's sessions in this business. The last owner cannot leave."""
    await context.members.remove(member, member.user_id)


@router.patch(
    ONE,
    summary="Change a member's role",
    operation_id="change_member",
    responses=problem_responses(Unauthenticated, Forbidden, OwnersOnly, MemberNotFound, LastOwner),
)
async def change_member(user_id: UUID, body: RoleChange, member: MemberManager, context: Context) -> MemberAnswer:
    """It counts from the person's next refresh on, within ten minutes. Only owners make and change owners."""
    return _answer(await context.members.change_role(member, user_id, body.role), member)


@router.delete(
    ONE,
    status_code=204,
    summary="Remove a member",
    operation_id="remove_member",
    responses=problem_responses(Unauthenticated, Forbidden, OwnersOnly, MemberNotFound, LastOwner),
)
async def remove_member(user_id: UUID, member: MemberManager, context: Context) -> None:
    """Ends the membership, and the person's sessions in this business. Only owners remove owners."""
    await context.members.remove(member, user_id)


def _answer(person: Person, reader: Member) -> MemberAnswer:
    may_see = "member:manage" in reader.permissions or person.user_id == reader.user_id
    return MemberAnswer.model_validate(
        {
            "user_id": person.user_id,
            "full_name": person.full_name,
            "email": person.email if may_see else None,
            "role": person.role,
            "joined_at": person.joined_at,
        }
    )
