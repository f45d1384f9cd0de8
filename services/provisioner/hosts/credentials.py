"""One-time tokens and credentials of hosts: what is handed out, and the hashes that are kept of it."""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID


class HostTokens:
    """Derives a host's one-time token, so that repeating a start gives the same user data and no token is kept."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def token(self, host_id: UUID, boots: int) -> str:
        """The token of the host's instance number `boots`."""
        digest = hmac.new(self._key, f"host-token/{host_id}/{boots}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_credential() -> str:
    """256 random bits: guessing is out of the question, so that a plain hash protects it."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
