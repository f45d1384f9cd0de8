"""The aliases that auth's endpoints are written with."""

from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.security import APIKeyCookie

from libs.common.members import CallingService, Member, calling_service, member_with
from libs.common.paging import PageRequest, page_request
from libs.common.service import context_of
from services.auth.context import AuthContext
from services.auth.sessions.browser import COOKIE, PROOF, SessionCookie

MAY_USE_COOKIE: dict[str, Any] = {"security": [{}]}
"""`openapi_extra` of an operation that takes the session cookie, but can do without."""
_proof_header = Header(alias=PROOF, description="`1`, wherever the session cookie is set or used.", examples=["1"])
_described = APIKeyCookie(
    name=COOKIE,
    scheme_name="SessionCookie",
    auto_error=False,
    description=f"The refresh token of a browser's session. Needs `{PROOF}: 1` and an `Origin` of the web app.",
)


def _context(request: Request) -> AuthContext:
    return context_of(request, AuthContext)


Context = Annotated[AuthContext, Depends(_context)]
SignedIn = Annotated[Member, Depends(member_with(exempt_from_access_mode=True))]
TenantReader = Annotated[Member, Depends(member_with("tenant:read"))]
MemberManager = Annotated[Member, Depends(member_with("member:manage"))]
Leaver = Annotated[Member, Depends(member_with("tenant:read", exempt_from_access_mode=True))]
Paging = Annotated[PageRequest, Depends(page_request)]
Caller = Annotated[CallingService, Depends(calling_service)]


def _opened_cookie(
    request: Request, response: Response, context: Context, _proof: Annotated[str | None, _proof_header] = None
) -> SessionCookie:
    return SessionCookie(context.browser, request.headers, response)


OpenedCookie = Annotated[SessionCookie, Depends(_opened_cookie)]
"""The cookie of an operation that sets it."""


def _cookie(opened: OpenedCookie, _value: Annotated[str | None, Depends(_described)]) -> SessionCookie:
    return opened


Cookie = Annotated[SessionCookie, Depends(_cookie)]
"""The cookie of an operation that uses it; FastAPI's reading of it only puts it into the document."""
