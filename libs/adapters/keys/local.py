"""The embedded form of the keys port: a key ring in a file, AES-256-GCM with the context as associated data."""

import asyncio
import json
import os
import struct
import time
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag

from libs.adapters.keys.port import (
    CannotDecrypt,
    Context,
    DataKey,
    KeyMissing,
    KeyStatus,
    KeyUnavailable,
    check_destroy_days,
    check_plaintext,
)
from libs.adapters.keys.ring import MATERIAL_BYTES, RingFile, RingKey
from libs.adapters.keys.settings import LocalKeysSettings
from libs.common.ids import new_id

_MAGIC = b"SPK1"
_HEADER = struct.Struct(">4s16sI")  # magic, key, version
_NONCE_BYTES = 12


class LocalKeys:
    """Keys in a file; any number of processes may share it."""

    def __init__(self, settings: LocalKeysSettings) -> None:
        self._file = RingFile(settings.path, settings.master_key.get_secret_value())

    async def create_key(self, alias: str) -> str:
        return await asyncio.to_thread(self._create, alias)

    async def generate_data_key(self, key_id: str, context: Context) -> DataKey:
        plaintext = os.urandom(MATERIAL_BYTES)
        return DataKey(plaintext, await self.encrypt(key_id, plaintext, context))

    async def decrypt_data_key(self, encrypted: bytes, context: Context) -> bytes:
        return await self.decrypt(encrypted, context)

    async def encrypt(self, key_id: str, plaintext: bytes, context: Context) -> bytes:
        check_plaintext(plaintext)
        key = self._file.read().usable(key_id)
        version = len(key.versions) - 1
        header = _HEADER.pack(_MAGIC, key.id.bytes, version)
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._file.cipher(key, version)
        return header + nonce + cipher.encrypt(nonce, plaintext, header + _bound(context))

    async def decrypt(self, ciphertext: bytes, context: Context) -> bytes:
        header, rest = ciphertext[: _HEADER.size], ciphertext[_HEADER.size :]
        if not header.startswith(_MAGIC) or len(rest) <= _NONCE_BYTES:
            raise CannotDecrypt
        _, key_bytes, version = _HEADER.unpack(header)
        try:
            key = self._file.read().usable(str(UUID(bytes=key_bytes)))
            cipher = self._file.cipher(key, version)
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], header + _bound(context))
        except KeyMissing as error:
            raise KeyUnavailable("The key was destroyed, and what it protected with it.") from error
        except InvalidTag as error:
            raise CannotDecrypt from error

    async def rotate(self, key_id: str) -> None:
        await asyncio.to_thread(self._rotate, key_id)

    async def disable(self, key_id: str) -> None:
        await asyncio.to_thread(self._disable, key_id)

    async def enable(self, key_id: str) -> None:
        await asyncio.to_thread(self._enable, key_id)

    async def schedule_destroy(self, key_id: str, *, days: int = 30) -> None:
        check_destroy_days(days)
        await asyncio.to_thread(self._schedule_destroy, key_id, days)

    async def cancel_destroy(self, key_id: str) -> None:
        await asyncio.to_thread(self._cancel_destroy, key_id)

    async def status(self, key_id: str) -> KeyStatus:
        key = self._file.read().find(key_id)
        if key.destroy_at is None:
            return KeyStatus(key.state)
        if key.destroy_at <= time.time():
            raise KeyMissing
        return KeyStatus(key.state, datetime.fromtimestamp(key.destroy_at, UTC))

    async def ping(self) -> None:
        self._file.read()

    def _create(self, alias: str) -> str:
        with self._file.changing() as ring:
            try:
                return str(ring.find(f"alias/{alias}").id)
            except KeyMissing:
                key_id = new_id()
                ring.keys.append(RingKey(id=key_id, alias=alias, versions=[self._file.new_material(key_id)]))
                return str(key_id)

    def _rotate(self, key_id: str) -> None:
        with self._file.changing() as ring:
            key = ring.usable(key_id)
            key.versions.append(self._file.new_material(key.id))

    def _disable(self, key_id: str) -> None:
        with self._file.changing() as ring:
            _not_pending(ring.find(key_id)).state = "disabled"

    def _enable(self, key_id: str) -> None:
        with self._file.changing() as ring:
            _not_pending(ring.find(key_id)).state = "enabled"

    def _schedule_destroy(self, key_id: str, days: int) -> None:
        with self._file.changing() as ring:
            key = _not_pending(ring.find(key_id))
            key.state, key.destroy_at = "pending_destruction", time.time() + days * 86400

    def _cancel_destroy(self, key_id: str) -> None:
        with self._file.changing() as ring:
            key = ring.find(key_id)
            if key.state != "pending_destruction":
                raise KeyUnavailable("The key is not about to be destroyed.")
            key.state, key.destroy_at = "disabled", None


def _not_pending(key: RingKey) -> RingKey:
    if key.state == "pending_destruction":
        raise KeyUnavailable("The key is about to be destroyed; cancel that first.")
    return key


def _bound(context: Context) -> bytes:
    return json.dumps(dict(context), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
