"""Sign-up, sign-in, and who am I."""

from fastapi import APIRouter

from libs.common.problems import RateLimited, Unauthenticated, Unavailable, problem_responses
from services.auth.accounts.errors import EmailTaken, WrongCredentials
from services.auth.accounts.schemas import (
    LoginRequest,
    MeAnswer,
    MembershipAnswer,
    SignUpAnswer,
    SignUpRequest,
    TenantAnswer,
    TokenAnswer,
    UserAnswer,
)
from services.auth.accounts.service import NewAccount
from services.auth.deps import Context, SignedIn

router = APIRouter(tags=["Identity"])


@router.post(
    "/v1/auth/signup",
    status_code=201,
    summary="Sign up",
    operation_id="sign_up",
    responses=problem_responses(EmailTaken, RateLimited, Unavailable),
)
async def sign_up(body: SignUpRequest, context: Context) -> SignUpAnswer:
    """Opens an account with a business of its own. The trial and its stack begin at once, by themselves."""
    signed_up = await context.accounts.sign_up(
        NewAccount(
            email=body.email,
            password=body.password.get_secret_value(),
            full_name=body.full_name,
            company=body.company,
            plan=body.plan,
        )
    )
    user, tenant, tokens = signed_up.user, signed_up.tenant, signed_up.tokens
    return SignUpAnswer(
        user=UserAnswer(id=user.id, email=user.email, full_name=user.full_name),
        tenant=TenantAnswer(id=tenant.tenant_id, slug=tenant.slug, name=tenant.name),
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_in=tokens.expires_in,
    )


@router.post(
    "/v1/auth/login",
    summary="Sign in",
    operation_id="log_in",
    responses=problem_responses(WrongCredentials, RateLimited, Unavailable),
)
async def log_in(body: LoginRequest, context: Context) -> TokenAnswer:
    """Opens a session. The answer never tells whether the address has an account."""
    tokens = await context.accounts.sign_in(body.email, body.password.get_secret_value())
    return TokenAnswer(
        access_token=tokens.access_token, refresh_token=tokens.refresh_token, expires_in=tokens.expires_in
    )


@router.get("/v1/me", summary="Who is signed in", operation_id="get_me", responses=problem_responses(Unauthenticated))
async def get_me(member: SignedIn, context: Context) -> MeAnswer:
    """The person, the business they work in now, their rights there, and their other businesses."""
    user = await context.accounts.user(member.user_id)
    memberships = await context.accounts.memberships(member.user_id)
    current = next((one for one in memberships if one.tenant_id == member.tenant_id), None)
    if current is None:
        raise Unauthenticated
    return MeAnswer(
        user=UserAnswer(id=user.id, email=user.email, full_name=user.full_name),
        tenant=TenantAnswer(id=current.tenant_id, slug=current.slug, name=current.name),
        role=member.role,
        permissions=sorted(member.permissions),
        memberships=[
            MembershipAnswer(tenant=TenantAnswer(id=one.tenant_id, slug=one.slug, name=one.name), role=one.role)
            for one in memberships
        ],
    )
