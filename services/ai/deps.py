"""The aliases that ai's endpoints are written with."""

from typing import Annotated

from fastapi import Depends, Request

from libs.common.idempotency import Idempotency, idempotency
from libs.common.members import CallingService, Member, calling_service, member_with
from libs.common.paging import PageRequest, page_request
from libs.common.service import context_of
from services.ai.context import AiContext


def _context(request: Request) -> AiContext:
    return context_of(request, AiContext)


Context = Annotated[AiContext, Depends(_context)]
KnowledgeReader = Annotated[Member, Depends(member_with("knowledge:read"))]
KnowledgeWriter = Annotated[Member, Depends(member_with("knowledge:write"))]
Asking = Annotated[Member, Depends(member_with("assistant:use"))]
Managing = Annotated[Member, Depends(member_with("assistant:manage"))]
Caller = Annotated[CallingService, Depends(calling_service)]
OnlyOnce = Annotated[Idempotency, Depends(idempotency)]
Paging = Annotated[PageRequest, Depends(page_request)]
