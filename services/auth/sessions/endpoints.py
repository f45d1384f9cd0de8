"""Renewing, listing and ending sessions."""

from uuid import UUID

from fastapi import APIRouter

from libs.common.problems import NotFound, Unauthenticated, problem_responses
from services.auth.deps import MAY_USE_COOKIE, Context, Cookie, SignedIn
from services.auth.sessions.errors import AmbiguousCookie, CsrfRefused, InvalidRefreshToken
from services.auth.sessions.schemas import (
    LogoutRequest,
    RefreshRequest,
    SessionAnswer,
    SessionMode,
    SessionsAnswer,
    TokenAnswer,
)

router = APIRouter(prefix="/v1/auth", tags=["Identity"])


@router.post(
    "/refresh",
    summary="Renew a session, or switch business",
    operation_id="refresh_session",
    responses=problem_responses(InvalidRefreshToken, NotFound, CsrfRefused, AmbiguousCookie),
    openapi_extra=MAY_USE_COOKIE,
)
async def refresh_session(body: RefreshRequest, context: Context, cookie: Cookie) -> TokenAnswer:
    """Exchanges the refresh token, of the body or else of the cookie, for new tokens that go where it came from.

    Each is used once: one that comes again later ends the session. Tabs that refresh at once get the same one.
    """
    mode: SessionMode = "cookie" if body.refresh_token is None else "token"
    present = body.refresh_token or cookie.read()
    if present is None:
        raise InvalidRefreshToken
    tokens = await context.sessions.refresh(present, tenant_id=body.tenant_id)
    return TokenAnswer(
        access_token=tokens.access_token,
        refresh_token=cookie.hand_over(tokens.refresh_token, mode),
        expires_in=tokens.expires_in,
    )


@router.post(
    "/logout",
    status_code=204,
    summary="Sign out",
    operation_id="log_out",
    responses=problem_responses(CsrfRefused, AmbiguousCookie),
    openapi_extra=MAY_USE_COOKIE,
)
async def log_out(body: LogoutRequest, context: Context, cookie: Cookie) -> None:
    """Ends the session of the refresh token, of the body or else of the cookie, which is cleared.

    Its access token dies within ten minutes.
    """
    present = body.refresh_token or cookie.read()
    if present is not None:
        await context.sessions.end(present)
    if body.refresh_token is None:
        cookie.clear()


@router.get(
    "/sessions",
    summary="Where you are signed in",
    operation_id="list_sessions",
    responses=problem_responses(Unauthenticated),
)
async def list_sessions(member: SignedIn, context: Context) -> SessionsAnswer:
    """The person's sessions that have not ended, the last used first; at most 100."""
    rows = await context.sessions.live_of(member.user_id)
    return SessionsAnswer(
        items=[
            SessionAnswer(
                id=row.id,
                created_at=row.created_at,
                last_used_at=row.last_used_at,
                user_agent=row.user_agent,
                current=row.id == member.session_id,
            )
            for row in rows
        ]
    )


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    summary="End one session",
    operation_id="end_session",
    responses=problem_responses(Unauthenticated, NotFound),
)
async def end_session(session_id: UUID, member: SignedIn, context: Context) -> None:
    """Signs one device out; one that has been signed out stays so. Its access token dies within ten minutes."""
    await context.sessions.end_own(session_id, user_id=member.user_id, tenant_id=member.tenant_id)


@router.delete(
    "/sessions",
    status_code=204,
    summary="Sign out everywhere",
    operation_id="end_all_sessions",
    responses=problem_responses(Unauthenticated),
)
async def end_all_sessions(member: SignedIn, context: Context) -> None:
    """Ends every session of the person, this one too. Access tokens that are out die within ten minutes."""
    await context.sessions.end_all(user_id=member.user_id, tenant_id=member.tenant_id)
