"""Turns whatever a step raised into an error with a code, a sentence for the customer, and a detail for operators."""

from typing import Any

import structlog
from sqlalchemy import func

from libs.adapters.errors import PortError
from libs.common.problems import Problem
from services.provisioner.engine.step import NeedsOperator, StepError, StepFailed

logger = structlog.get_logger()


def as_step_error(error: Exception, *, step: str) -> StepError:
    """The error as the engine treats it. One that says nothing of itself is a defect: logged whole, and retried."""
    if isinstance(error, StepError):
        return error
    if isinstance(error, TimeoutError):
        return StepFailed("timed_out", "It took too long to answer.", operator_detail=repr(error), retryable=True)
    if isinstance(error, PortError) and error.needs_operator:
        return NeedsOperator(error.code, error.detail, operator_detail=_detail(error))
    retryable = getattr(error, "retryable", None)
    if isinstance(retryable, bool):
        code = error.code if isinstance(error, Problem) else str(getattr(error, "code", "dependency_failed"))
        message = "A system that we depend on did not do what we asked of it."
        return StepFailed(code, message, operator_detail=_detail(error), retryable=retryable)
    logger.error("engine.step_defect", step=step, exc_info=error)
    message = "Something unexpected happened on our side."
    return StepFailed("internal_error", message, operator_detail=_detail(error), retryable=True)


def _detail(error: Exception) -> str:
    cause = f" from {error.__cause__!r}" if error.__cause__ else ""
    return f"{error!r}{cause}"[:2000]


def shown(error: StepError, *, step: str, phase: str) -> dict[str, str]:
    """The error as the customer sees it in the deployment."""
    return {"code": error.code, "message": error.message, "step": step, "phase": phase}


def failed_values(error: StepError, *, status: str = "failed") -> dict[str, Any]:
    """The columns of a step that failed."""
    return {
        "status": status,
        "reason": None,
        "error": {"code": error.code, "message": error.message},
        "operator_detail": error.operator_detail,
        "finished_at": func.clock_timestamp(),
    }
