"""Errors of sign-up and sign-in.

Conflict ── EmailTaken
Unauthenticated ── WrongCredentials
"""

from libs.common.problems import Conflict, FieldError, Unauthenticated


class EmailTaken(Conflict):
    code = "email_taken"
    default_detail = "There is an account with this e-mail address. Sign in instead, or use another address."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/email", code=self.code, message=self.default_detail)])


class WrongCredentials(Unauthenticated):
    code = "wrong_credentials"
    default_detail = "E-mail address or password is wrong. Check both and try again."
