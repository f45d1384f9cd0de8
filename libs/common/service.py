"""What a service is made of, and what its endpoints, handlers and sweeps can reach."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from fastapi import APIRouter
from sqlalchemy import MetaData
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp

from libs.common.access_mode import AccessModes
from libs.common.clock import Clock
from libs.common.database import Database
from libs.common.events import Handlers
from libs.common.messages import MessageBus
from libs.common.paging import Cursors
from libs.common.security.assertions import AssertionVerifier
from libs.common.security.tokens import AccessTokenVerifier
from libs.common.settings import ServiceSettings
from libs.common.sweeps import Sweep

OPERATIONS_CALLERS: Mapping[str, frozenset[str]] = {
    "get_service_health": frozenset({"gateway", "cli"}),
    "get_pending_work": frozenset({"cli"}),
    "run_due_sweeps": frozenset({"cli"}),
}


@dataclass(frozen=True, kw_only=True)
class ServiceContext:
    """The open parts of a running service, one object per process. A service adds its own by inheriting."""

    settings: ServiceSettings
    database: Database
    bus: MessageBus
    clock: Clock
    cursors: Cursors
    tokens: AccessTokenVerifier
    assertions: AssertionVerifier
    access_modes: AccessModes


Loop = Callable[[asyncio.Event], Awaitable[None]]
Settings = TypeVar("Settings", bound=ServiceSettings)
Context = TypeVar("Context", bound=ServiceContext)


@dataclass(frozen=True, kw_only=True)
class Service(Generic[Settings, Context]):
    """A service as data: `create_application` serves it, `run_worker` does its work.

    `tables` are the service's own; the worker purges them, and those of every service, as each declares.
    `handlers` and `sweeps` are made from the open context, so that they need no globals. `callers` says which
    services may call which internal operation; who is not named is refused. `loops` are further endless tasks of
    the worker, by name, such as the deployment engine; each ends soon after the event it is given is set.
    `socket` opens what answers WebSockets, as plain ASGI; it is told by a function whether the process is draining.
    """

    name: str
    settings: type[Settings]
    open_context: Callable[[Settings], AbstractAsyncContextManager[Context]]
    migrations: Path
    routers: Sequence[APIRouter]
    tables: MetaData
    callers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    handlers: Callable[[Context], Handlers] = lambda _context: {}
    sweeps: Callable[[Context], Sequence[Sweep]] = lambda _context: ()
    loops: Callable[[Context], Mapping[str, Loop]] = lambda _context: {}
    socket: Callable[[Context, Callable[[], bool]], AbstractAsyncContextManager[ASGIApp]] | None = None

    def all_callers(self) -> Mapping[str, frozenset[str]]:
        """Who may call which internal operation, those that every service has included."""
        return {**self.callers, **OPERATIONS_CALLERS}


def context_of(connection: HTTPConnection, kind: type[Context]) -> Context:
    """The running service's context, inside a request."""
    context = connection.scope["state"]["context"]
    if not isinstance(context, kind):
        raise TypeError(f"this application runs on {type(context).__name__}, not {kind.__name__}")
    return context


def may_call(connection: HTTPConnection, caller: str, operation: str) -> bool:
    """Whether the running service lets the service `caller` call its internal `operation`."""
    callers: Mapping[str, frozenset[str]] = connection.scope["state"]["callers"]
    return caller in callers.get(operation, frozenset())
