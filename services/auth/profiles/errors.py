"""Errors of what people change about themselves.

Unprocessable ── WrongPassword
"""

from libs.common.problems import FieldError, Unprocessable


class WrongPassword(Unprocessable):
    """Not a 401: the person is signed in, and a field is wrong."""

    code = "wrong_password"
    default_detail = "The current password is not right. Nothing was changed."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/current_password", code=self.code, message=self.default_detail)])
