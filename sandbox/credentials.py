"""How each kind of secret of the sandbox is made; `Home.secrets` makes each once and keeps it."""

import base64
import secrets


def password() -> str:
    """192 random bits, safe in URLs and configuration files."""
    return secrets.token_urlsafe(24)


def master_key() -> str:
    """A 256-bit key, base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def webhook_secret() -> str:
    """A signing secret in the form of Stripe's, `whsec_...`."""
    return f"whsec_{secrets.token_hex(32)}"
