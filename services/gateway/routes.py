"""Which service answers which path, as data. What is not named here is not forwarded; `/internal` never is.

A path that could mean two things to two programs (dots, doubled or encoded slashes, double encoding) is refused before
it is compared, so that no spelling reaches what this table does not name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote_to_bytes

from libs.common.problems import NotFound

ServiceName = Literal["gateway", "auth", "billing", "provisioner", "messaging", "ai"]
_ENCODED = re.compile(rb"%[0-9A-Fa-f]{2}")
_AMBIGUOUS = re.compile(rb"//|/\.{1,2}(?:/|$)|[\\\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Route:
    """Paths under `prefix` go to `service`; those of `gateway` itself are answered here.

    With `needs_token` the gateway refuses callers without a valid token. A route without it is public, or proves its
    caller in another way (a signature, an agent's own token). What is `shed_last` is served while other requests are
    already refused. With `any_origin`, web pages of any origin may call, without cookies: the service itself knows
    which ones it serves.
    """

    prefix: str
    service: ServiceName
    needs_token: bool = True
    shed_last: bool = False
    any_origin: bool = False


ROUTES: Sequence[Route] = (
    Route(prefix="/v1/auth", service="auth", needs_token=False),
    Route(prefix="/v1/auth/login", service="auth", needs_token=False, shed_last=True),
    Route(prefix="/v1/auth/refresh", service="auth", needs_token=False, shed_last=True),
    Route(prefix="/v1/auth/sessions", service="auth"),
    Route(prefix="/v1/me", service="auth"),
    Route(prefix="/v1/members", service="auth"),
    Route(prefix="/.well-known/jwks.json", service="auth", needs_token=False),
    Route(prefix="/v1/billing", service="billing"),
    Route(prefix="/v1/billing/plans", service="billing", needs_token=False),
    Route(prefix="/webhooks/stripe", service="billing", needs_token=False, shed_last=True),
    Route(prefix="/v1/deployments", service="provisioner"),
    Route(prefix="/v1/stacks", service="provisioner"),
    Route(prefix="/v1/conversations", service="messaging"),
    Route(prefix="/v1/notifications", service="messaging"),
    Route(prefix="/v1/realtime", service="messaging"),
    Route(prefix="/asyncapi.json", service="messaging", needs_token=False),
    Route(prefix="/v1/knowledge-bases", service="ai"),
    Route(prefix="/v1/assistants", service="ai"),
    Route(prefix="/v1/assistant-models", service="ai"),
    Route(prefix="/v1/assistant-widgets", service="ai"),
    Route(prefix="/v1/assistant-templates", service="ai"),
    Route(prefix="/v1/answers", service="ai"),
    Route(prefix="/v1/chats", service="ai"),
    Route(prefix="/v1/ai-budgets", service="ai"),
    Route(prefix="/v1/ai-use", service="ai"),
    Route(prefix="/v1/widget", service="ai", needs_token=False, any_origin=True),
    Route(prefix="/v1/dashboard", service="gateway"),
    Route(prefix="/v1/status", service="gateway", needs_token=False),
    Route(prefix="/agent", service="provisioner", needs_token=False),
)


class RouteTable:
    """Finds the route with the longest prefix."""

    def __init__(self, routes: Sequence[Route] = ROUTES) -> None:
        self._routes = [
            (route.prefix, route.prefix + "/", route)
            for route in sorted(routes, key=lambda route: len(route.prefix), reverse=True)
        ]

    def find(self, path: str) -> Route | None:
        """The route of a decoded path that `check_path` let pass, or None."""
        for exact, below, route in self._routes:
            if path.startswith(exact) and (len(path) == len(exact) or path.startswith(below)):
                return route
        return None


def check_path(raw_path: bytes) -> None:
    """Refuses a path that could be read in two ways (RFC 3986 §6.2.2, RFC 9110 §17.10).

    Raises:
        NotFound
    """
    if b"%" in raw_path:
        decoded = unquote_to_bytes(raw_path)
        if decoded.count(b"/") != raw_path.count(b"/") or _ENCODED.search(decoded):
            raise NotFound
        raw_path = decoded
    if _AMBIGUOUS.search(raw_path):
        raise NotFound
