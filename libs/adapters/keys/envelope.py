"""Envelopes: values of any size, each under a data key of its own that travels with it, wrapped by a key."""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.adapters.keys.port import CannotDecrypt, Context, Keys

_MAGIC = b"SPE1"
_NONCE_BYTES = 12


async def seal(keys: Keys, key_id: str, plaintext: bytes, context: Context) -> bytes:
    """Encrypts `plaintext` (AES-256-GCM) under a fresh data key of `key_id`; `context` is bound to both."""
    data_key = await keys.generate_data_key(key_id, context)
    header = _MAGIC + struct.pack(">H", len(data_key.encrypted)) + data_key.encrypted
    nonce = os.urandom(_NONCE_BYTES)
    return header + nonce + AESGCM(data_key.plaintext).encrypt(nonce, plaintext, header)


async def unseal(keys: Keys, envelope: bytes, context: Context) -> bytes:
    """What was sealed. Raises `CannotDecrypt` for anything else, `KeyUnavailable`."""
    if envelope[:4] != _MAGIC or len(envelope) < 6:
        raise CannotDecrypt
    end = 6 + int(struct.unpack(">H", envelope[4:6])[0])
    header, nonce, ciphertext = envelope[:end], envelope[end : end + _NONCE_BYTES], envelope[end + _NONCE_BYTES :]
    if len(nonce) < _NONCE_BYTES:
        raise CannotDecrypt
    data_key = await keys.decrypt_data_key(header[6:], context)
    try:
        return AESGCM(data_key).decrypt(nonce, ciphertext, header)
    except InvalidTag as error:
        raise CannotDecrypt from error
