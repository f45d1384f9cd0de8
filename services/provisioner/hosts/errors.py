"""Errors that agents see.

Problem
├── Unauthenticated 401 ── TokenRefused, CredentialRefused
├── Forbidden 403 ── ForeignReport
├── NotFound 404 ── CommandNotFound
└── Conflict 409 ── BackupNotOpen
"""

from libs.common.problems import Conflict, Forbidden, NotFound, Unauthenticated


class TokenRefused(Unauthenticated):
    code = "host_token_refused"
    default_detail = "The token was used, has expired or was never given out. Replace the host."


class CredentialRefused(Unauthenticated):
    code = "host_credential_refused"
    default_detail = "The control plane knows no host with this credential. Replace the host."


class ForeignReport(Forbidden):
    code = "foreign_report"
    default_detail = "A host reports for itself only: send the host id that the registration answered."


class CommandNotFound(NotFound):
    code = "host_command_not_found"
    default_detail = "This host was given no such command."


class BackupNotOpen(Conflict):
    code = "backup_not_open"
    default_detail = "This backup was given up, or is not complete. Stop working on it."
