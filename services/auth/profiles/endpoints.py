"""Who am I, and what I change about myself. No access mode closes this: it is the person's, not the business's."""

from fastapi import APIRouter

from libs.common.members import Member
from libs.common.problems import RateLimited, Unauthenticated, Unavailable, problem_responses
from services.auth.accounts.passwords import WeakPassword
from services.auth.accounts.schemas import TenantAnswer, UserAnswer
from services.auth.context import AuthContext
from services.auth.deps import Context, SignedIn
from services.auth.profiles.errors import WrongPassword
from services.auth.profiles.schemas import MeAnswer, MembershipAnswer, PasswordChange, ProfileChange

router = APIRouter(prefix="/v1/me", tags=["Identity"])


@router.get("", summary="Who is signed in", operation_id="get_me", responses=problem_responses(Unauthenticated))
async def get_me(member: SignedIn, context: Context) -> MeAnswer:
    """The person, the business they work in now, their rights there, and their other businesses."""
    return await _me(member, context)


@router.patch(
    "", summary="Change your name or language", operation_id="change_me", responses=problem_responses(Unauthenticated)
)
async def change_me(body: ProfileChange, member: SignedIn, context: Context) -> MeAnswer:
    """Changes what is given, and answers with what is so then."""
    await context.profiles.change(member, body.model_dump(exclude_none=True))
    return await _me(member, context)


@router.post(
    "/password",
    status_code=204,
    summary="Change your password",
    operation_id="change_password",
    responses=problem_responses(Unauthenticated, WrongPassword, WeakPassword, RateLimited, Unavailable),
)
async def change_password(body: PasswordChange, member: SignedIn, context: Context) -> None:
    """Needs the present password. All other sessions of the person end; this one goes on."""
    memberships = await context.accounts.memberships(member.user_id)
    await context.profiles.change_password(
        member,
        current=body.current_password.get_secret_value(),
        new=body.new_password.get_secret_value(),
        companies=[one.name for one in memberships],
    )


async def _me(member: Member, context: AuthContext) -> MeAnswer:
    user = await context.accounts.user(member.user_id)
    memberships = await context.accounts.memberships(member.user_id)
    current = next((one for one in memberships if one.tenant_id == member.tenant_id), None)
    if current is None:
        raise Unauthenticated
    return MeAnswer(
        user=UserAnswer(id=user.id, email=user.email, full_name=user.full_name, locale=user.locale),
        tenant=TenantAnswer(id=current.tenant_id, slug=current.slug, name=current.name),
        role=member.role,
        permissions=sorted(member.permissions),
        memberships=[
            MembershipAnswer(tenant=TenantAnswer(id=one.tenant_id, slug=one.slug, name=one.name), role=one.role)
            for one in memberships
        ],
    )
