"""Errors of sessions.

BadRequest ── AmbiguousCookie
Unauthenticated ── InvalidRefreshToken
Forbidden ── CsrfRefused
"""

from libs.common.problems import BadRequest, Forbidden, Unauthenticated


class AmbiguousCookie(BadRequest):
    code = "ambiguous_cookie"
    default_detail = "The session cookie came more than once. Delete this site's cookies and sign in again."


class InvalidRefreshToken(Unauthenticated):
    code = "invalid_refresh_token"
    default_detail = "This session has ended. Sign in again."


class CsrfRefused(Forbidden):
    code = "csrf_refused"
    default_detail = (
        "A session in a cookie is for the web app alone: send the header `X-CSRF-Protection: 1` from an origin that is "
        "listed in `STACKPRO_WEB_ORIGINS`. Other programs send the refresh token in the body."
    )
