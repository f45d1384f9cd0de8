"""The aliases that messaging's endpoints are written with."""

from typing import Annotated

from fastapi import Depends, Request

from libs.common.idempotency import Idempotency, idempotency
from libs.common.members import CallingService, Member, calling_service, member_with
from libs.common.paging import PageRequest, page_request
from libs.common.service import context_of
from services.messaging.context import MessagingContext


def _context(request: Request) -> MessagingContext:
    return context_of(request, MessagingContext)


Context = Annotated[MessagingContext, Depends(_context)]
Reader = Annotated[Member, Depends(member_with("conversation:read"))]
Writer = Annotated[Member, Depends(member_with("conversation:write"))]
Ticketed = Annotated[Member, Depends(member_with("conversation:read", exempt_from_access_mode=True))]
"""Who may open a socket: also to read while the business is read-only; a suspended one is refused at the socket."""
Caller = Annotated[CallingService, Depends(calling_service)]
OnlyOnce = Annotated[Idempotency, Depends(idempotency)]
Paging = Annotated[PageRequest, Depends(page_request)]
