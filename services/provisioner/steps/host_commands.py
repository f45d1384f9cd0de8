"""How a step tells a host something and waits for the answer: once, however often the step is called."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from libs.contracts.hosts import CommandResult
from services.provisioner.engine.step import StepFailed, Wait
from services.provisioner.hosts.commands import queue_command
from services.provisioner.steps.dependencies import Context

ANSWER_SECONDS = 15.0
"""A result wakes the deployment; this is how soon a lost wake is noticed."""
FINAL = frozenset({"foreign_backup", "archive_corrupt", "archive_too_large", "command_not_understood"})


async def told(
    context: Context, host_id: UUID, kind: str, payload: Mapping[str, Any], *, waiting: str
) -> CommandResult | Wait:
    """The result of the command of this attempt of the step, or the wait for it.

    Raises:
        StepFailed: the host could not do it; retried with a new command where that may help.
    """
    async with context.dependencies.database.tenant_session(context.tenant_id) as session:
        command = await queue_command(
            session,
            tenant_id=context.tenant_id,
            command_id=context.key(f"{kind}/{context.attempt}"),
            stack_id=context.stack.id,
            host_id=host_id,
            kind=kind,
            payload=payload,
        )
    if command.result is None:
        return Wait(ANSWER_SECONDS, waiting)
    result = CommandResult.model_validate(command.result)
    if result.error is not None:
        code, detail = result.error.code, result.error.detail
        message = f"The host could not do it ({code})."
        raise StepFailed(code, message, operator_detail=detail, retryable=code not in FINAL)
    return result
