"""Encrypts private signing keys with the platform's key, through the keys port."""

from collections.abc import Mapping

from libs.adapters.keys import Keys

KEY_ALIAS = "platform/auth-signing-keys"


class SigningKeyCipher:
    """The key is made at its first use."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def encrypt(self, plaintext: bytes, context: Mapping[str, str]) -> bytes:
        key_id = await self._keys.create_key(KEY_ALIAS)
        return await self._keys.encrypt(key_id, plaintext, context)

    async def decrypt(self, ciphertext: bytes, context: Mapping[str, str]) -> bytes:
        return await self._keys.decrypt(ciphertext, context)
