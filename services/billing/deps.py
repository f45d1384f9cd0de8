"""The aliases that billing's endpoints are written with.

All of billing is exempt from the access mode: a suspended tenant must be able to pay.
"""

from typing import Annotated

from fastapi import Depends, Request

from libs.common.idempotency import Idempotency, idempotency
from libs.common.members import CallingService, Member, calling_service, member_with
from libs.common.service import context_of
from services.billing.context import BillingContext


def _context(request: Request) -> BillingContext:
    return context_of(request, BillingContext)


Context = Annotated[BillingContext, Depends(_context)]
BillingReader = Annotated[Member, Depends(member_with("billing:read", exempt_from_access_mode=True))]
BillingManager = Annotated[Member, Depends(member_with("billing:manage", exempt_from_access_mode=True))]
Caller = Annotated[CallingService, Depends(calling_service)]
OnlyOnce = Annotated[Idempotency, Depends(idempotency)]
