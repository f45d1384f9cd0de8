"""Refreshing and ending sessions."""

from fastapi import APIRouter

from libs.common.problems import NotFound, problem_responses
from services.auth.accounts.schemas import LogoutRequest, RefreshRequest, TokenAnswer
from services.auth.deps import Context
from services.auth.sessions.service import InvalidRefreshToken

router = APIRouter(prefix="/v1/auth", tags=["Identity"])


@router.post(
    "/refresh",
    summary="Renew a session, or switch business",
    operation_id="refresh_session",
    responses=problem_responses(InvalidRefreshToken, NotFound),
)
async def refresh_session(body: RefreshRequest, context: Context) -> TokenAnswer:
    """Exchanges the refresh token for new tokens. Each is used once: one that comes again later ends the session."""
    tokens = await context.sessions.refresh(body.refresh_token, tenant_id=body.tenant_id)
    return TokenAnswer(
        access_token=tokens.access_token, refresh_token=tokens.refresh_token, expires_in=tokens.expires_in
    )


@router.post("/logout", status_code=204, summary="Sign out", operation_id="log_out")
async def log_out(body: LogoutRequest, context: Context) -> None:
    """Ends the session of this refresh token. Its access token dies within ten minutes."""
    await context.sessions.end(body.refresh_token)
