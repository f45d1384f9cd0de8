"""History: old messages in DynamoDB, in a file, or nowhere but in PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from libs.adapters.history.port import (
    MAX_BODY_BYTES,
    ArchivedMessage,
    History,
    HistoryError,
    HistoryTableMissing,
    HistoryUnavailable,
)
from libs.adapters.history.settings import (
    DynamoHistorySettings,
    HistorySettings,
    LocalHistorySettings,
    NoHistorySettings,
)

__all__ = [
    "MAX_BODY_BYTES",
    "ArchivedMessage",
    "DynamoHistorySettings",
    "History",
    "HistoryError",
    "HistorySettings",
    "HistoryTableMissing",
    "HistoryUnavailable",
    "LocalHistorySettings",
    "NoHistorySettings",
    "open_history",
]


@asynccontextmanager
async def open_history(settings: HistorySettings) -> AsyncIterator[History | None]:
    """The form that `settings` names, open for the life of the process; None where PostgreSQL keeps everything."""
    # The SDK costs tens of megabytes, so a form is loaded only where it is chosen.
    if isinstance(settings, DynamoHistorySettings):
        from libs.adapters.history.aws import open_dynamo_history  # noqa: PLC0415 - see above

        async with open_dynamo_history(settings) as history:
            yield history
    elif isinstance(settings, LocalHistorySettings):
        from libs.adapters.history.local import LocalHistory  # noqa: PLC0415 - see above

        yield LocalHistory(settings)
    else:
        yield None
