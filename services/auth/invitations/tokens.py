"""The token in an invitation's link: derived from the invitation's id, so that the mail can be written when it is sent
and the database never holds it. Who has the database alone can make none (the same reasoning as ADR 4).
"""

import base64
import hashlib
import hmac
from uuid import UUID

_PURPOSE = b"invitation:"
"""Keeps these apart from refresh tokens, which are derived with the same key from text without a colon."""


class InvitationTokens:
    """`key` is a secret of auth, 32 bytes or more."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, invitation_id: UUID) -> str:
        """43 characters that may stand in a URL."""
        derived = hmac.new(self._key, _PURPOSE + invitation_id.bytes, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(derived).decode().rstrip("=")


def digest(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()
