"""Internal operations that every service has: its health in detail, and running its sweeps for the sandbox's clock."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import exc, func, select

from libs.common.clock import FileClock
from libs.common.members import CallingService, calling_service
from libs.common.platform_tables import OutboxRow
from libs.common.problems import NotFound
from libs.common.service import Context, Service, ServiceContext, Settings, context_of
from libs.common.sweeps import Sweep, run_sweep

Caller = Annotated[CallingService, Depends(calling_service)]


class ServiceHealth(BaseModel):
    """A service's dependencies, each `ok` or what is wrong, and its connection pools."""

    dependencies: dict[str, str]
    pools: dict[str, str]


class PendingWork(BaseModel):
    """What stands between the present and the next business instant with work."""

    outbox: int
    next_due: datetime | None


class SweepsRun(BaseModel):
    """How many things each sweep handled."""

    handled: dict[str, int]


def operations_router(service: Service[Settings, Context]) -> APIRouter:
    """The operations of `service`. The ones about time exist only where the clock can be moved."""
    router = APIRouter(prefix="/internal/operations", include_in_schema=False)

    @router.get("/health", operation_id="get_service_health")
    async def get_service_health(request: Request, _caller: Caller) -> ServiceHealth:
        context = context_of(request, ServiceContext)
        return ServiceHealth(
            dependencies={"postgres": await _database_state(context)}, pools=context.database.pool_status()
        )

    @router.get("/pending-work", operation_id="get_pending_work")
    async def get_pending_work(request: Request, _caller: Caller) -> PendingWork:
        context = _movable(request)
        async with context.database.system_session() as session:
            outbox = await session.scalar(
                select(func.count()).select_from(OutboxRow).where(OutboxRow.published_at.is_(None))
            )
            instants = [
                await sweep.next_due(session) for sweep in _sweeps(service, context) if sweep.next_due is not None
            ]
        due = [instant for instant in instants if instant is not None]
        return PendingWork(outbox=outbox or 0, next_due=min(due, default=None))

    @router.post("/sweeps", operation_id="run_due_sweeps")
    async def run_due_sweeps(request: Request, _caller: Caller) -> SweepsRun:
        context = _movable(request)
        handled = {
            sweep.name: await run_sweep(sweep, database=context.database, clock=context.clock)
            for sweep in _sweeps(service, context)
            if sweep.next_due is not None
        }
        return SweepsRun(handled=handled)

    return router


def _sweeps(service: Service[Settings, Context], context: ServiceContext) -> list[Sweep]:
    return list(service.sweeps(context))  # type: ignore[arg-type]  # the application's context is the service's own


def _movable(request: Request) -> ServiceContext:
    context = context_of(request, ServiceContext)
    if not isinstance(context.clock, FileClock):
        raise NotFound
    return context


async def _database_state(context: ServiceContext) -> str:
    try:
        await context.database.ping()
    except (exc.SQLAlchemyError, OSError, TimeoutError) as error:
        return f"does not answer: {type(error).__name__}"
    return "ok"
