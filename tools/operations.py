"""Every operation of every service, read from its routes, and what each demands of its caller."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from fastapi.security import HTTPBearer

from libs.common.application import create_application
from libs.common.members import MemberDemand, calling_service
from libs.contracts.permissions import PERMISSIONS_BY_ROLE
from services.gateway.app import create_app as create_gateway
from services.gateway.dashboard.endpoints import viewer
from services.gateway.settings import GatewaySettings
from services.registry import NAMES, load_service

_PARAMETER = re.compile(r"\{(\w+)\}")
_CONVERTOR = re.compile(r":\w+(?=\})")
Audience = Literal["member", "service", "host", "public", "unclassified"]

PUBLIC: Mapping[str, str] = {
    "GET /livez": "probe of the process; the gateway forwards it nowhere",
    "GET /readyz": "probe of the process; the gateway forwards it nowhere",
    "GET /metrics": "scraped inside the cluster; the gateway's own asks for a token of its settings",
    "GET /openapi.json": "the documentation",
    "GET /asyncapi.json": "the documentation",
    "GET /docs": "the documentation",
    "GET /docs/docs.js": "the documentation",
    "GET /docs/docs.css": "the documentation",
    "GET /": "the landing page",
    "GET /health": "states of dependencies, without names of tenants",
    "GET /v1/status": "whether the platform works, without its insides",
    "GET /checkout/success/": "a plain page that says nothing of anybody",
    "GET /checkout/cancel/": "a plain page that says nothing of anybody",
    "POST /v1/auth/signup": "a visitor has no account yet",
    "POST /v1/auth/login": "proves itself by a password",
    "POST /v1/auth/refresh": "proves itself by a refresh token",
    "POST /v1/auth/logout": "proves itself by a refresh token",
    "POST /v1/auth/invitations/look": "proves itself by an invitation's token",
    "POST /v1/auth/invitations/accept": "proves itself by an invitation's token and a password",
    "GET /.well-known/jwks.json": "public keys",
    "GET /v1/billing/plans": "prices are public",
    "POST /webhooks/stripe": "proves itself by Stripe's signature",
    "GET /v1/widget/{key}": "visitors of a website have no account; the page's origin is checked",
    "POST /v1/widget/{key}/answers/stream": "visitors of a website have no account; the page's origin is checked",
    "POST /agent/v1/register": "proves itself by the one-time token of a host",
}
"""Operations that demand no member, service or host, and why."""

DASHBOARD = MemberDemand(frozenset({"tenant:read"}), exempt_from_access_mode=True)
"""The gateway has no access modes of its own: the dashboard is where a suspended tenant learns that it is."""


HOST_CREDENTIAL = "HostCredential"
"""The security scheme of what only a host's agent may call."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path. `demand` is of members only, `callers` of services only."""

    service: str
    method: str
    path: str
    name: str
    audience: Audience
    demand: MemberDemand | None = None
    callers: frozenset[str] = frozenset()
    parameters: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Such as `GET /v1/me`."""
        return f"{self.method} {self.path}"

    @property
    def roles(self) -> list[str]:
        """The roles whose members may call it."""
        if self.demand is None:
            return []
        return [role for role, held in PERMISSIONS_BY_ROLE.items() if held >= self.demand.permissions]


@cache
def applications() -> Mapping[str, FastAPI]:
    """Each service's application, not started: enough to read its routes and its document."""
    apps = {
        name: create_application(load_service(name), load_service(name).settings.model_construct()) for name in NAMES
    }
    return {"gateway": create_gateway(GatewaySettings.model_construct()), **apps}


@cache
def all_operations() -> tuple[Operation, ...]:
    """Every operation of every service, public and internal, also those that no document shows."""
    return tuple(operation for name, app in applications().items() for operation in _operations(name, app))


def _operations(service: str, app: FastAPI) -> Iterator[Operation]:
    callers = load_service(service).all_callers() if service in NAMES else {}
    for route in iter_route_contexts(app.routes):
        dependant: Dependant | None = getattr(route, "dependant", None)
        demands = [] if dependant is None else list(_calls(dependant))
        path = _CONVERTOR.sub("", str(route.path))
        for method in sorted((route.methods or set()) - {"HEAD"}):
            line = f"{method} {path}"
            name = getattr(route, "operation_id", None) or str(route.name)
            yield Operation(
                service=service,
                method=method,
                path=path,
                name=name,
                audience=_audience(line, demands),
                demand=next(iter(_member_demands(demands)), None),
                callers=callers.get(name, frozenset()) if calling_service in demands else frozenset(),
                parameters=tuple(_PARAMETER.findall(path)),
            )


def _calls(dependant: Dependant) -> Iterator[object]:
    for part in dependant.dependencies:
        yield part.call
        yield from _calls(part)


def _member_demands(calls: list[object]) -> Iterator[MemberDemand]:
    for call in calls:
        if isinstance(call, MemberDemand):
            yield call
        elif call is viewer:
            yield DASHBOARD


def _audience(line: str, calls: list[object]) -> Audience:
    if any(_member_demands(calls)):
        return "member"
    if calling_service in calls:
        return "service"
    if any(isinstance(call, HTTPBearer) and call.scheme_name == HOST_CREDENTIAL for call in calls):
        return "host"
    return "public" if line in PUBLIC else "unclassified"


def operations_by_role() -> dict[str, dict[str, Any]]:
    """Who may call what, as it is kept in git: roles, services, `hosts` or `everyone`."""
    table: dict[str, dict[str, Any]] = {}
    for operation in all_operations():
        table.setdefault(operation.service, {})[operation.line] = {
            "member": operation.roles,
            "service": {"services": sorted(operation.callers)},
            "host": "hosts",
            "public": "everyone",
            "unclassified": "unclassified",
        }[operation.audience]
    return table
