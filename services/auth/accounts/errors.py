"""Errors of sign-up and sign-in.

Conflict ── EmailTaken
Unauthenticated ── WrongCredentials
"""

from libs.common.problems import Conflict, Unauthenticated


class EmailTaken(Conflict):
    code = "email_taken"
    default_detail = "There is an account with this e-mail address. Sign in instead, or use another address."


class WrongCredentials(Unauthenticated):
    code = "wrong_credentials"
    default_detail = "E-mail address or password is wrong. Check both and try again."
