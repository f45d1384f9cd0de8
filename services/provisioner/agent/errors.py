"""Errors of the host agent. Each has a stable `code` and a sentence that travels in a command's result.

AgentError
├── ConfigInvalid         the bootstrap document cannot be used
├── RegistrationRefused   the one-time token was not accepted
├── CredentialRefused     the control plane no longer knows this host
├── CapacityExceeded      the stack's memory does not fit
├── PortTaken             another stack of this host publishes that port
├── StackUnknown          a command for a stack that was never applied here
├── TransferFailed        the object store did not take or give the object
├── ArchiveTooLarge       the archive has more parts than a backup may have
├── BackupAborted         the control plane no longer wants the backup, or gives none such
├── FilesChanged          files kept changing while they were archived
├── ArchiveCorrupt        archive or manifest is not what the checksum promised
├── ForeignBackup         the manifest belongs to another tenant or backup
├── RuntimeFailed         the container runtime answered with an error
└── Interrupted           the agent is stopping; the command is done again after the next start
"""


class AgentError(Exception):
    code = "agent_error"


class ConfigInvalid(AgentError):
    code = "config_invalid"


class RegistrationRefused(AgentError):
    code = "registration_refused"


class CredentialRefused(AgentError):
    code = "credential_refused"


class CapacityExceeded(AgentError):
    code = "capacity_exceeded"


class PortTaken(AgentError):
    code = "port_taken"


class StackUnknown(AgentError):
    code = "stack_unknown"


class TransferFailed(AgentError):
    code = "transfer_failed"


class ArchiveTooLarge(AgentError):
    code = "archive_too_large"


class BackupAborted(AgentError):
    code = "backup_aborted"


class FilesChanged(AgentError):
    code = "files_changed"


class ArchiveCorrupt(AgentError):
    code = "archive_corrupt"


class ForeignBackup(AgentError):
    code = "foreign_backup"


class RuntimeFailed(AgentError):
    code = "runtime_failed"


class Interrupted(AgentError):
    code = "interrupted"
