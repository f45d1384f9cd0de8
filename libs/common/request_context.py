"""The id of the request being served, for logs, problem documents and calls to other services."""

from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request in hand, or an empty text outside of one."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    """Binds the id for the rest of this context."""
    _request_id.set(value)
