"""Makes a service's HTTP application: middleware, problem documents, probes, and its routers."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import exc
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.common.busy import Busy, install_busy_handlers
from libs.common.middleware.access_log import AccessLogMiddleware
from libs.common.middleware.body_limit import BodyLimitMiddleware
from libs.common.middleware.deadlines import DeadlineMiddleware, RequestTimeout
from libs.common.middleware.request_id import RequestIdMiddleware
from libs.common.middleware.security_headers import SecurityHeadersMiddleware
from libs.common.middleware.unexpected_errors import UnexpectedErrorMiddleware
from libs.common.migrations.runner import known_revisions, schema_is_current
from libs.common.operations import operations_router
from libs.common.problems import (
    BadRequest,
    PayloadTooLarge,
    Problem,
    ProblemDocument,
    Unprocessable,
    install_problem_handlers,
    problem_response,
    problem_responses,
)
from libs.common.service import Context, Service, ServiceContext, Settings, context_of

MAX_BODY_BYTES = 1_048_576
PROBLEMS_OF_BODIES = problem_responses(BadRequest, RequestTimeout, PayloadTooLarge)
"""How any body can be wrong before an endpoint sees it: not JSON, too slow, too large."""
logger = structlog.get_logger()


class NotReady(Problem):
    status, code, title = 503, "not_ready", "Not ready"


class Application(FastAPI):
    """FastAPI for HTTP. WebSockets go straight to the service's `socket`; without one they are plain requests."""

    socket: ASGIApp | None = None
    socket_protocol: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and self.socket is not None:
            await self.socket(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_application(service: Service[Settings, Context], settings: Settings) -> FastAPI:
    """The application of `service`. Nothing is opened before its lifespan starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        app.state.draining = False
        async with service.open_context(settings) as context, AsyncExitStack() as stack:
            if service.socket is not None:
                opened = service.socket(context, lambda: bool(app.state.draining))
                application.socket = await stack.enter_async_context(opened)
            yield {"context": context, "callers": service.all_callers()}

    app = application = Application(
        title=f"StackPro {service.name}",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses=problem_responses(Unprocessable, Busy),
        generate_unique_id_function=_operation_id,
    )
    if service.socket is not None:
        app.socket_protocol = "websockets-sansio"
    install_problem_handlers(app)
    install_busy_handlers(app)
    app.include_router(_probes(service))
    for router in (*service.routers, operations_router(service)):
        app.include_router(router)
    describe_problems(app)
    app.add_middleware(UnexpectedErrorMiddleware)
    app.add_middleware(BodyLimitMiddleware, max_bytes=MAX_BODY_BYTES)
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(DeadlineMiddleware)
    app.add_middleware(AccessLogMiddleware)
    app.add_middleware(RequestIdMiddleware)
    return app


def describe_problems(app: FastAPI) -> None:
    """Adds the schema that all problem answers point to; FastAPI's own error schemas are never sent."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "ProblemDocument" not in schemas:
            problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["ProblemDocument"] = problem
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
        _describe_problems_of_bodies(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI documents this way of extending the document


def _describe_problems_of_bodies(document: dict[str, Any]) -> None:
    for item in document.get("paths", {}).values():
        for operation in item.values():
            if "requestBody" in operation:
                for status, response in PROBLEMS_OF_BODIES.items():
                    operation["responses"].setdefault(str(status), response)


def _operation_id(route: APIRoute) -> str:
    return route.name


def _probes(service: Service[Settings, Context]) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    head, known = known_revisions(service.migrations)

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz(request: Request) -> Response:
        if request.app.state.draining:
            return problem_response(NotReady("This process is shutting down."))
        context = context_of(request, ServiceContext)
        try:
            async with context.database.system_session() as session:
                current = await schema_is_current(session, head, known)
        except (exc.SQLAlchemyError, OSError, TimeoutError):
            return problem_response(NotReady("PostgreSQL does not answer."))
        if not current:
            return problem_response(NotReady(f"The schema is behind. Run `stackpro migrate {service.name}`."))
        return Response('{"status":"ready"}', media_type="application/json")

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
