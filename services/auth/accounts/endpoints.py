"""Sign-up and sign-in."""

from fastapi import APIRouter, Request

from libs.common.problems import RateLimited, Unavailable, problem_responses
from services.auth.accounts.errors import EmailTaken, WrongCredentials
from services.auth.accounts.locales import preferred_language
from services.auth.accounts.passwords import WeakPassword
from services.auth.accounts.schemas import LoginRequest, SignUpAnswer, SignUpRequest, TenantAnswer, UserAnswer
from services.auth.accounts.service import NewAccount
from services.auth.deps import Context, OpenedCookie
from services.auth.sessions.errors import CsrfRefused
from services.auth.sessions.schemas import TokenAnswer

router = APIRouter(tags=["Identity"])


@router.post(
    "/v1/auth/signup",
    status_code=201,
    summary="Sign up",
    operation_id="sign_up",
    responses=problem_responses(EmailTaken, WeakPassword, CsrfRefused, RateLimited, Unavailable),
)
async def sign_up(body: SignUpRequest, request: Request, context: Context, cookie: OpenedCookie) -> SignUpAnswer:
    """Opens an account with a business of its own. The trial and its stack begin at once, by themselves."""
    cookie.check(body.session)
    signed_up = await context.accounts.sign_up(
        NewAccount(
            email=body.email,
            password=body.password.get_secret_value(),
            full_name=body.full_name,
            company=body.company,
            plan=body.plan,
            locale=body.locale or preferred_language(request.headers.get("accept-language")),
            user_agent=request.headers.get("user-agent"),
        )
    )
    user, tenant, tokens = signed_up.user, signed_up.tenant, signed_up.tokens
    return SignUpAnswer(
        user=UserAnswer(id=user.id, email=user.email, full_name=user.full_name, locale=user.locale),
        tenant=TenantAnswer(id=tenant.tenant_id, slug=tenant.slug, name=tenant.name),
        access_token=tokens.access_token,
        refresh_token=cookie.hand_over(tokens.refresh_token, body.session),
        expires_in=tokens.expires_in,
    )


@router.post(
    "/v1/auth/login",
    summary="Sign in",
    operation_id="log_in",
    responses=problem_responses(WrongCredentials, CsrfRefused, RateLimited, Unavailable),
)
async def log_in(body: LoginRequest, request: Request, context: Context, cookie: OpenedCookie) -> TokenAnswer:
    """Opens a session. The answer never tells whether the address has an account."""
    cookie.check(body.session)
    tokens = await context.accounts.sign_in(
        body.email, body.password.get_secret_value(), user_agent=request.headers.get("user-agent")
    )
    return TokenAnswer(
        access_token=tokens.access_token,
        refresh_token=cookie.hand_over(tokens.refresh_token, body.session),
        expires_in=tokens.expires_in,
    )
