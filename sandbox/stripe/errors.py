"""Errors in Stripe's envelope (https://docs.stripe.com/api/errors).

StripeError
├── InvalidRequest 400 ── Missing 404, Unsupported 400 or 404
├── Unauthorized 401
├── CardError 402
├── IdempotencyError 400 or 409
└── SandboxFault 500
"""

from typing import Any


class StripeError(Exception):
    """An answer other than 2xx; `extra` holds further members of the envelope, such as `decline_code`."""

    status = 400
    type = "invalid_request_error"
    keeps_changes = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.status = status or type(self).status
        self.extra = extra or {}

    def envelope(self, *, request_id: str, base_url: str) -> dict[str, Any]:
        error: dict[str, Any] = {"type": type(self).type, "message": self.message}
        error |= {"code": self.code} if self.code else {}
        error |= {"param": self.param} if self.param else {}
        error |= self.extra
        error["request_log_url"] = f"{base_url}/?request={request_id}"
        return {"error": error}


class InvalidRequest(StripeError):
    """The request is wrong, `param` says where."""


class Missing(InvalidRequest):
    """No such object."""

    status = 404

    def __init__(self, kind: str, object_id: str, *, param: str = "id", status: int = 404) -> None:
        super().__init__(
            f"No such {kind.replace('.', ' ').replace('_', ' ')}: '{object_id}'",
            code="resource_missing",
            param=param,
            status=status,
        )


class Unsupported(InvalidRequest):
    """Stripe may know this, the sandbox does not."""

    def __init__(self, what: str, *, param: str | None = None, status: int = 400, code: str | None = None) -> None:
        super().__init__(
            f"The Stripe sandbox does not support {what}.",
            code=code or "sandbox_unsupported",
            param=param,
            status=status,
        )


class Unauthorized(StripeError):
    """The key is missing or not the sandbox's."""

    status = 401


class CardError(StripeError):
    """The card was refused. What the attempt left behind (a failed charge, events) is kept."""

    status = 402
    type = "card_error"
    keeps_changes = True


class IdempotencyError(StripeError):
    """The key was used with other parameters (400) or its first request is still running (409)."""

    type = "idempotency_error"


class SandboxFault(StripeError):
    """The sandbox itself failed, for example because its disk is full."""

    status = 500
    type = "api_error"
