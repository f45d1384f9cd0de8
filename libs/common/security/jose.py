"""JSON Web Tokens with ES256, and nothing else (RFC 7519, RFC 8725). The only module that imports the JWT library."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jws
from jose.exceptions import JOSEError

ALGORITHM = "ES256"
MAX_TOKEN_LENGTH = 4096


class InvalidToken(Exception):
    """The token is not one of ours, or is no longer valid."""


class SigningKey:
    """A private ES256 key, parsed once: signing from PEM text takes 37 ms each time."""

    def __init__(self, pem: str) -> None:
        self._key = jwk.construct(pem, ALGORITHM)
        self.public_jwk = public_jwk(pem)
        self.kid: str = self.public_jwk["kid"]

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A compact JWT whose header names this key."""
        token: str = jws.sign(dict(claims), self._key, headers={"kid": self.kid}, algorithm=ALGORITHM)
        return token


class VerifyingKey:
    """A public ES256 key, parsed once. `source` is a JWK or PEM text."""

    def __init__(self, source: Mapping[str, Any] | str) -> None:
        self._key = jwk.construct(dict(source) if isinstance(source, Mapping) else source, ALGORITHM)

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that this key signed; times and audience are the caller's to check.

        Raises:
            InvalidToken: the signature is not this key's.
        """
        try:
            payload = jws.verify(token, self._key, algorithms=[ALGORITHM])
        except JOSEError:
            raise InvalidToken("the signature does not match") from None
        return _claims(payload)


def key_id(token: str) -> str:
    """The `kid` of the token's header. `jku`, `x5u` and `jwk` are never looked at.

    Raises:
        InvalidToken: this is not a compact JWT with ES256 and a key id.
    """
    if len(token) > MAX_TOKEN_LENGTH:
        raise InvalidToken("the token is too long")
    try:
        header = jws.get_unverified_header(token)
    except JOSEError:
        raise InvalidToken("this is not a token") from None
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str):
        raise InvalidToken("the token's algorithm or key id is not accepted")
    return kid


def _claims(payload: bytes) -> dict[str, Any]:
    claims = orjson.loads(payload)
    if not isinstance(claims, dict):
        raise InvalidToken("the claims are not an object")
    return claims


def new_private_key() -> str:
    """A fresh P-256 private key as PKCS#8 PEM text."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_pem(private_pem: str) -> str:
    """The public half of a private key, as PEM text."""
    return (
        _load(private_pem)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def public_jwk(private_pem: str) -> dict[str, str]:
    """The public half as a JWK whose `kid` is its thumbprint (RFC 7638)."""
    numbers = _load(private_pem).public_key().public_numbers()
    x, y = (_base64url(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
    thumbprint = orjson.dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y})
    kid = _base64url(hashlib.sha256(thumbprint).digest())
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": ALGORITHM, "use": "sig"}


def _load(private_pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not an elliptic-curve key")
    return key


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
