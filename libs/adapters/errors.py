"""The root of the error trees of all ports.

PortError
├── BusError ── BusUnavailable, QueueMissing, MessageTooLarge, PublishIncomplete, DeadLetterMissing
├── ObjectsError ── ObjectsUnavailable, ObjectMissing, BucketMissing, ObjectRefused
├── KeysError ── KeysUnavailable, KeyMissing, KeyUnavailable, CannotDecrypt
├── SecretsError ── SecretsUnavailable, SecretMissing
├── HistoryError ── HistoryUnavailable, HistoryTableMissing
├── MailError ── MailUnavailable, MailRefused
└── MalwareError ── ScannerUnavailable, ScannerRefused
"""

from typing import ClassVar

from libs.common.problems import Problem


class PortError(Problem):
    """Something behind a port failed. `retryable` says whether the same call may succeed later, unchanged;
    `needs_operator` that it will once somebody has changed what we are allowed there.

    The vendor's words are kept as `__cause__` for the log and never shown to a caller.
    """

    code = "dependency_failed"
    retryable: ClassVar[bool] = False
    needs_operator: ClassVar[bool] = False
