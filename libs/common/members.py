"""Who is asking: the dependencies by which endpoints demand a member with a permission, or another service."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from libs.common.access_mode import Mode
from libs.common.problems import Forbidden, ReadOnlyTenant, SuspendedTenant, Unauthenticated
from libs.common.security.jose import InvalidToken
from libs.common.security.tokens import AccessToken
from libs.common.service import ServiceContext, context_of, may_call

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token from `/v1/auth/login`.")
assertion = HTTPBearer(auto_error=False, scheme_name="ServiceAssertion", description="For the services themselves.")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A user acting in one tenant."""

    user_id: UUID
    tenant_id: UUID
    role: str
    permissions: frozenset[str]
    session_id: UUID
    token: AccessToken


@dataclass(frozen=True, slots=True)
class CallingService:
    """Another service of the platform."""

    name: str


def member_with(*permissions: str, exempt_from_access_mode: bool = False) -> "MemberDemand":
    """A dependency that yields the member, who must hold all `permissions`.

    A tenant that is `read_only` may not write and one that is `suspended` may do nothing, except where exempt.
    The dependency raises Unauthenticated, Forbidden, ReadOnlyTenant or SuspendedTenant.
    """
    return MemberDemand(frozenset(permissions), exempt_from_access_mode)


@dataclass(frozen=True, slots=True)
class MemberDemand:
    """What an operation demands of its caller, as data: routes can be asked for it."""

    permissions: frozenset[str]
    exempt_from_access_mode: bool

    async def __call__(
        self, request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Member:
        context = context_of(request, ServiceContext)
        member = await _member(context, credentials)
        if not member.permissions.issuperset(self.permissions):
            raise Forbidden
        if not self.exempt_from_access_mode:
            refuse_by_mode(await context.access_modes.mode(member.tenant_id), request.method)
        return member


async def _member(context: ServiceContext, credentials: HTTPAuthorizationCredentials | None) -> Member:
    if credentials is None:
        raise Unauthenticated
    try:
        token = await context.tokens.verify(credentials.credentials)
    except InvalidToken:
        raise Unauthenticated(code="invalid_token") from None
    return Member(
        user_id=token.user_id,
        tenant_id=token.tenant_id,
        role=token.role,
        permissions=token.scope,
        session_id=token.session_id,
        token=token,
    )


def refuse_by_mode(mode: Mode, method: str) -> None:
    """Raises ReadOnlyTenant or SuspendedTenant where `mode` does not let `method` pass."""
    if mode == "suspended":
        raise SuspendedTenant
    if mode == "read_only" and method not in READING:
        raise ReadOnlyTenant


async def calling_service(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(assertion)]
) -> CallingService:
    """The dependency of internal operations: the caller must be named for this operation in the contract.

    Raises:
        Unauthenticated, Forbidden
    """
    context = context_of(request, ServiceContext)
    if credentials is None:
        raise Unauthenticated
    try:
        name = context.assertions.caller(credentials.credentials)
    except InvalidToken:
        raise Unauthenticated(code="invalid_assertion") from None
    operation = getattr(request.scope["route"], "operation_id", None)
    if not may_call(request, name, str(operation)):
        raise Forbidden("This service may not call this operation.")
    return CallingService(name)
