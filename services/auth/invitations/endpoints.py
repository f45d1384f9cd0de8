"""Invitations: those of a business to its managers, and one to whoever holds its token."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request

from libs.common.paging import Page, page_of
from libs.common.problems import (
    BadCursor,
    Forbidden,
    RateLimited,
    ReadOnlyTenant,
    SuspendedTenant,
    Unauthenticated,
    Unavailable,
    problem_responses,
)
from libs.contracts.billing import LimitReached
from services.auth.accounts.errors import EmailTaken, WrongCredentials
from services.auth.accounts.locales import preferred_language
from services.auth.accounts.passwords import WeakPassword
from services.auth.accounts.schemas import SignUpAnswer, TenantAnswer, UserAnswer
from services.auth.deps import Context, MemberManager, OpenedCookie, Paging
from services.auth.invitations import repository
from services.auth.invitations.acceptance import Acceptance
from services.auth.invitations.errors import AlreadyMember, InvitationNotValid, NameMissing
from services.auth.invitations.models import Invitation
from services.auth.invitations.schemas import (
    InvitationAcceptance,
    InvitationAnswer,
    InvitationLook,
    InvitationRequest,
    InvitationSeen,
)
from services.auth.sessions.errors import CsrfRefused

router = APIRouter(tags=["Members"])
QUERY = "invitations"


@router.post(
    "/v1/members/invitations",
    status_code=201,
    summary="Invite somebody",
    operation_id="invite_member",
    responses=problem_responses(Unauthenticated, Forbidden, AlreadyMember, LimitReached, RateLimited, Unavailable),
)
async def invite_member(body: InvitationRequest, member: MemberManager, context: Context) -> InvitationAnswer:
    """Sends a mail with a link that is good once, for seven days. Inviting again sends a new link; the old is void."""
    return _answer(await context.invitations.invite(member, body.email, body.role))


@router.get(
    "/v1/members/invitations",
    summary="List open invitations, newest first",
    operation_id="list_invitations",
    responses=problem_responses(BadCursor, Unauthenticated, Forbidden),
)
async def list_invitations(member: MemberManager, context: Context, paging: Paging) -> Page[InvitationAnswer]:
    """Those that wait for an answer."""
    after: tuple[datetime, UUID] | None = None
    if paging.cursor is not None:
        created_at, last_id = context.cursors.decode(paging.cursor, tenant_id=member.tenant_id, query=QUERY)
        after = datetime.fromisoformat(created_at), UUID(last_id)
    async with context.database.tenant_session(member.tenant_id) as session:
        found = await repository.list_open(session, limit=paging.limit + 1, after=after)

    def cursor_after(last: Invitation) -> str:
        position = [last.created_at.isoformat(), str(last.id)]
        return context.cursors.encode(position, tenant_id=member.tenant_id, query=QUERY)

    items, next_cursor = page_of(found, limit=paging.limit, cursor_after=cursor_after)
    return Page(items=[_answer(invitation) for invitation in items], next_cursor=next_cursor)


@router.delete(
    "/v1/members/invitations/{invitation_id}",
    status_code=204,
    summary="Withdraw an invitation",
    operation_id="withdraw_invitation",
    responses=problem_responses(Unauthenticated, Forbidden, InvitationNotValid),
)
async def withdraw_invitation(invitation_id: UUID, member: MemberManager, context: Context) -> None:
    """Its link is void from now on. One that has ended stays so."""
    await context.invitations.withdraw(member, invitation_id)


@router.post(
    "/v1/auth/invitations/look",
    summary="Look at an invitation",
    operation_id="look_at_invitation",
    responses=problem_responses(InvitationNotValid),
)
async def look_at_invitation(body: InvitationLook, context: Context) -> InvitationSeen:
    """What the token of a mail's link invites to. It stays good."""
    invited = await context.invited_people.look(body.token.get_secret_value())
    return InvitationSeen.model_validate(
        {
            "company": invited.tenant.name,
            "email": invited.invitation.email,
            "role": invited.invitation.role,
            "needs_account": invited.user is None,
        }
    )


@router.post(
    "/v1/auth/invitations/accept",
    status_code=201,
    summary="Accept an invitation",
    operation_id="accept_invitation",
    responses=problem_responses(
        InvitationNotValid,
        WrongCredentials,
        CsrfRefused,
        ReadOnlyTenant,
        SuspendedTenant,
        EmailTaken,
        AlreadyMember,
        LimitReached,
        NameMissing,
        WeakPassword,
        RateLimited,
        Unavailable,
    ),
)
async def accept_invitation(
    body: InvitationAcceptance, request: Request, context: Context, cookie: OpenedCookie
) -> SignUpAnswer:
    """Joins the business: with a new account, or with the one that the address has, by its password."""
    cookie.check(body.session)
    accepted = await context.invited_people.accept(
        Acceptance(
            token=body.token.get_secret_value(),
            password=body.password.get_secret_value(),
            full_name=body.full_name,
            locale=body.locale or preferred_language(request.headers.get("accept-language")),
            user_agent=request.headers.get("user-agent"),
        )
    )
    user, tenant, tokens = accepted.user, accepted.tenant, accepted.tokens
    return SignUpAnswer(
        user=UserAnswer(id=user.id, email=user.email, full_name=user.full_name, locale=user.locale),
        tenant=TenantAnswer(id=tenant.tenant_id, slug=tenant.slug, name=tenant.name),
        access_token=tokens.access_token,
        refresh_token=cookie.hand_over(tokens.refresh_token, body.session),
        expires_in=tokens.expires_in,
    )


def _answer(invitation: Invitation) -> InvitationAnswer:
    return InvitationAnswer.model_validate(invitation, from_attributes=True)
