"""Sessions of the web app: the refresh token in a cookie that no script reads (ADR 7).

A request that sets or uses the cookie must prove that a page of ours sent it: by a header that a foreign page cannot
add without a preflight, and by its `Origin` (OWASP, Cross-Site Request Forgery Prevention Cheat Sheet).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response

from services.auth.sessions.errors import AmbiguousCookie, CsrfRefused
from services.auth.sessions.schemas import SessionMode
from services.auth.sessions.service import REFRESH_LIFETIME

COOKIE = "stackpro_session"
PATH = "/v1/auth"
PROOF = "X-CSRF-Protection"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,256}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserRules:
    """`origins` are those of the web app, such as `https://app.example.com`; without one there are no cookies.

    `cookie_domain` lets the hosts below a domain share the cookie; without it, it is this host's alone.
    """

    origins: Sequence[str]
    cookie_domain: str | None = None


class SessionCookie:
    """The session cookie of one request and its answer."""

    def __init__(self, rules: BrowserRules, headers: Headers, response: Response) -> None:
        self._rules = rules
        self._headers = headers
        self._response = response

    def check(self, mode: SessionMode = "cookie") -> None:
        """Call it before anything is done for a session in a cookie; a token in the body needs no proof.

        Raises:
            CsrfRefused: the request does not prove that a page of the web app sent it.
        """
        if mode == "cookie" and (self._headers.getlist(PROOF) != ["1"] or self._origin() is None):
            raise CsrfRefused

    def hand_over(self, refresh_token: str, mode: SessionMode) -> str | None:
        """The token for the answer's body, or None where it went into the cookie."""
        if mode == "token":
            return refresh_token
        self._set(refresh_token, max_age=int(REFRESH_LIFETIME.total_seconds()))
        return None

    def read(self) -> str | None:
        """The refresh token in the cookie; None where there is none, or what no answer of ours has set.

        Raises:
            CsrfRefused
            AmbiguousCookie: there is a second one, which a neighbouring host may have set (RFC 6265 §8.6).
        """
        self.check()
        lines = self._headers.getlist("cookie")
        pairs = [pair.strip(" \t").partition("=") for line in lines for pair in line.split(";")]
        values = [value for name, _, value in pairs if name == COOKIE]
        if len(values) > 1:
            raise AmbiguousCookie
        return next((value for value in values if _TOKEN.fullmatch(value)), None)

    def clear(self) -> None:
        """Makes the browser forget it. Not after a refused refresh: another tab may have signed in meanwhile."""
        self._set("", max_age=0)

    def _origin(self) -> str | None:
        sent = self._headers.getlist("origin")
        return sent[0] if len(sent) == 1 and sent[0] in self._rules.origins else None

    def _set(self, value: str, *, max_age: int) -> None:
        origin = self._origin()
        if origin is None:
            raise CsrfRefused
        self._response.set_cookie(
            COOKIE,
            value,
            max_age=max_age,
            path=PATH,
            domain=self._rules.cookie_domain,
            secure=origin.startswith("https:"),
            httponly=True,
            samesite="strict",
        )
