"""How each kind of secret of the sandbox is made; `Home.secrets` makes each once and keeps it."""

import base64
import secrets

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def password() -> str:
    """192 random bits, safe in URLs and configuration files."""
    return secrets.token_urlsafe(24)


def master_key() -> str:
    """A 256-bit key, base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def webhook_secret() -> str:
    """A signing secret in the form of Stripe's, `whsec_...`."""
    return f"whsec_{secrets.token_hex(32)}"


def es256_private_key() -> str:
    """A new P-256 key for ES256 (RFC 7518, section 3.4), PKCS #8 in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_key_of(private_key: str) -> str:
    """The public half of an `es256_private_key`, SubjectPublicKeyInfo in PEM."""
    key = serialization.load_pem_private_key(private_key.encode(), password=None)
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
