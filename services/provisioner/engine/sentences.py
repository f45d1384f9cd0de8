"""How each end of a deployment is told: what happened, and what to do next."""

from collections.abc import Sequence

from services.provisioner.engine.step import StepError

_SUCCEEDED = {
    "create": "The stack is up and was checked from outside. There is nothing to do.",
    "convert": "The stack runs on its new host with all its data and was checked from outside. Nothing is left to do.",
}


def title(step: str) -> str:
    """A step's name as words: `load_balancer_route` is `load balancer route`."""
    return step.replace("_", " ")


def at_work(step: str) -> str:
    """While a step runs."""
    return f"The step “{title(step)}” is at work."


def succeeded(kind: str) -> str:
    """For `succeeded`."""
    return _SUCCEEDED.get(kind, "The stack is as desired. There is nothing to do.")


def going_back(step: str, error: StepError) -> str:
    """While a failed deployment takes back what it made."""
    return f"The step “{title(step)}” failed: {error.message} What was made is being taken back."


def rolled_back(error: dict[str, str] | None, kept: Sequence[str]) -> str:
    """For `rolled_back`; `kept` names what was kept for its data."""
    failure = f"The step “{title(error['step'])}” failed: {error['message']} " if error else ""
    return f"{failure}Everything this deployment made was taken back.{_kept(kept)} Retry it when you like; if it fails \
again, write to support."


def canceled(kept: Sequence[str]) -> str:
    """For `canceled`."""
    return f"It was cancelled on request, and what it had made was taken back.{_kept(kept)} Retry it when you like."


def rollback_failed(error: dict[str, str] | None, what: str) -> str:
    """For `rollback_failed`; `what` says in a sentence what could not be taken back."""
    failure = f"The step “{title(error['step'])}” failed: {error['message']} " if error else ""
    return f"{failure}{what} This needs an operator: we were told and look into it. You need not do anything; retry it \
once we have answered."


def not_taken_back(step: str, error: StepError) -> str:
    """Why a compensation ended."""
    return f"Then “{title(step)}” could not be taken back: {error.message}"


def left_behind(names: Sequence[str]) -> str:
    """All steps went back, but the ledger still holds something of theirs."""
    return f"Something it made could not be confirmed as gone: {', '.join(names)}."


def needs_customer(error: StepError) -> str:
    """For `needs_customer`."""
    return f"{error.message} Once that is done, retry; what was made so far is kept and used again."


def needs_operator(error: StepError, *, pivoted: bool) -> str:
    """For `needs_operator`."""
    state = "The stack runs on its new host" if pivoted else "What was made so far is kept"
    ask = "This needs an operator: we were told and look into it. Retry when we have answered."
    return f"{error.message} {state}. {ask}"


def _kept(names: Sequence[str]) -> str:
    return f" Kept, because it may hold data: {', '.join(names)}." if names else ""
