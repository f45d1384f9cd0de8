"""What PostgreSQL refuses for the moment, as an answer that says so: somebody holds a lock, or time ran out.

Nothing was changed then, because the transaction was rolled back; the same request may succeed a second later.
"""

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import Response
from sqlalchemy import exc

from libs.common.problems import Problem, Unavailable, problem_response

logger = structlog.get_logger()
RETRY_SECONDS = 1
PASSING = frozenset(
    {
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "55P03",  # lock_not_available: `lock_timeout`
        "57014",  # query_canceled: `statement_timeout`
    }
)
"""SQLSTATEs of statements that may succeed when they are sent again (PostgreSQL documentation, appendix A)."""


class Busy(Unavailable):
    code = "busy"
    default_detail = (
        "Something that this needs is in use. Nothing was changed. Wait as long as `Retry-After` says and try again."
    )

    def __init__(self) -> None:
        super().__init__(retry_after=RETRY_SECONDS)


def problem_of(error: Exception) -> Problem | None:
    """The problem to answer with, or None where `error` is a fault and not a passing state.

    A pool without a free connection (`exc.TimeoutError`) is one, too.
    """
    if isinstance(error, exc.TimeoutError):
        return Busy()
    if isinstance(error, exc.DBAPIError) and getattr(error.orig, "sqlstate", None) in PASSING:
        return Busy()
    return None


async def _answer(_request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem is None:
        raise error
    logger.warning("database.busy", reason=getattr(getattr(error, "orig", None), "sqlstate", "no_free_connection"))
    return problem_response(problem)


def install_busy_handlers(app: FastAPI) -> None:
    """Answers what PostgreSQL refuses for the moment by 503 `busy`; any other failure of a query stays a 500."""
    app.add_exception_handler(exc.DBAPIError, _answer)
    app.add_exception_handler(exc.TimeoutError, _answer)
