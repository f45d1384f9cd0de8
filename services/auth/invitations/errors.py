"""Errors of invitations.

NotFound ── InvitationNotValid
Conflict ── AlreadyMember
Unprocessable ── NameMissing
"""

from libs.common.problems import Conflict, FieldError, NotFound, Unprocessable


class InvitationNotValid(NotFound):
    """Forged, expired, used, replaced or withdrawn: which of them is told to nobody."""

    code = "invitation_not_valid"
    default_detail = "This invitation is not valid, or not any more. Ask whoever invited you for a new one."


class AlreadyMember(Conflict):
    code = "already_member"
    default_detail = "Somebody with this e-mail address is a member of this business already."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/email", code=self.code, message=self.default_detail)])


class NameMissing(Unprocessable):
    code = "full_name_missing"
    default_detail = "Give your name: there is no account with this address yet."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/full_name", code="missing", message=self.default_detail)])
