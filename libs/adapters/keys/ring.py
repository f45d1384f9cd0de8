"""The file of the local key ring: which keys there are, their versions, and how the file is changed safely.

Key material is wrapped by the master key; the rest is plain. Every change is made under a lock and by a rename, so
that any number of processes may share one ring and a crash leaves the old or the new one.
"""

import base64
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel

from libs.adapters.keys.port import KeyMissing, KeysError, KeyUnavailable

MATERIAL_BYTES = 32
_NONCE_BYTES = 12


class RingKey(BaseModel):
    """One key; the last of its `versions` (wrapped material, base64) encrypts, all of them decrypt."""

    id: UUID
    alias: str
    state: Literal["enabled", "disabled", "pending_destruction"] = "enabled"
    destroy_at: float | None = None
    versions: list[str]


class Ring(BaseModel):
    """All keys of one file."""

    keys: list[RingKey] = []

    def find(self, key_id: str) -> RingKey:
        """The key of an id or `alias/<name>`. Raises `KeyMissing`."""
        for key in self.keys:
            if key_id in {str(key.id), f"alias/{key.alias}"}:
                return key
        raise KeyMissing

    def usable(self, key_id: str) -> RingKey:
        """The same, if it may be used. Raises `KeyUnavailable`."""
        key = self.find(key_id)
        if key.state != "enabled":
            raise KeyUnavailable
        return key

    def destroy_what_is_due(self) -> None:
        """Forgets keys whose waiting time is over; real time, as in KMS."""
        self.keys = [key for key in self.keys if key.destroy_at is None or key.destroy_at > time.time()]


class RingFile:
    """Reads the ring, again only when the file has changed, and writes it."""

    def __init__(self, path: Path, master_key: str) -> None:
        self._path = path
        derived = HKDF(SHA256(), 32, salt=None, info=b"stackpro key ring v1").derive(master_key.encode())
        self._master = AESGCM(derived)
        self._stamp: tuple[int, int] | None = None
        self._ring = Ring()

    def read(self) -> Ring:
        """The ring as it is now; do not change it."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return Ring()
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            self._ring = Ring.model_validate_json(self._path.read_bytes())
            self._stamp = stamp
        return self._ring

    @contextmanager
    def changing(self) -> Iterator[Ring]:
        """A copy of the ring that replaces it when the block ends without an error."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ring = self.read().model_copy(deep=True)
            ring.destroy_what_is_due()
            yield ring
            self._replace(ring)

    def new_material(self, key_id: UUID) -> str:
        """Fresh material of a version of the key, wrapped."""
        nonce = os.urandom(_NONCE_BYTES)
        wrapped = self._master.encrypt(nonce, os.urandom(MATERIAL_BYTES), key_id.bytes)
        return base64.b64encode(nonce + wrapped).decode()

    def cipher(self, key: RingKey, version: int) -> AESGCM:
        """The cipher of one version. Raises `KeyMissing`, or `KeysError` if the master key is not the ring's."""
        if not 0 <= version < len(key.versions):
            raise KeyMissing
        wrapped = base64.b64decode(key.versions[version])
        try:
            material = self._master.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], key.id.bytes)
        except InvalidTag as error:
            raise KeysError("The master key does not open this key ring; set the one it was made with.") from error
        return AESGCM(material)

    def _replace(self, ring: Ring) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(ring.model_dump_json().encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
