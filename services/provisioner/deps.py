"""The aliases that the provisioner's endpoints are written with, and what they need of the running service."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from libs.common.bell import Bell
from libs.common.members import CallingService, Member, calling_service, member_with
from libs.common.paging import PageRequest, page_request
from libs.common.service import ServiceContext, context_of
from services.provisioner.engine.recipes import Recipes
from services.provisioner.stacks.health import StackHealth


@dataclass(frozen=True, kw_only=True)
class EngineContext(ServiceContext):
    """What the endpoints of deployments and stacks use; the service's own context inherits it.

    `changes` is the bell on `deployments.repository.CHANGED_CHANNEL`. `stack_url` is the public address of a stack,
    with `{slug}` in it.
    """

    recipes: Recipes
    changes: Bell
    stack_health: StackHealth
    stack_url: str


def _context(request: Request) -> EngineContext:
    return context_of(request, EngineContext)


Context = Annotated[EngineContext, Depends(_context)]
Reader = Annotated[Member, Depends(member_with("deployment:read"))]
Canceler = Annotated[Member, Depends(member_with("deployment:cancel"))]
Retrier = Annotated[Member, Depends(member_with("deployment:retry"))]
StackReader = Annotated[Member, Depends(member_with("stack:read"))]
Caller = Annotated[CallingService, Depends(calling_service)]
Paging = Annotated[PageRequest, Depends(page_request)]
