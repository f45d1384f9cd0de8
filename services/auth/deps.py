"""The aliases that auth's endpoints are written with."""

from typing import Annotated

from fastapi import Depends, Request

from libs.common.members import CallingService, Member, calling_service, member_with
from libs.common.service import context_of
from services.auth.context import AuthContext


def _context(request: Request) -> AuthContext:
    return context_of(request, AuthContext)


Context = Annotated[AuthContext, Depends(_context)]
SignedIn = Annotated[Member, Depends(member_with(exempt_from_access_mode=True))]
Caller = Annotated[CallingService, Depends(calling_service)]
