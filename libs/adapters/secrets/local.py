"""The embedded form of the secrets port: one sealed file per secret, bound to its name."""

import asyncio
import base64
import os
import secrets as random_source
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from pydantic import BaseModel

from libs.adapters.keys import Keys, open_keys
from libs.adapters.keys.envelope import seal, unseal
from libs.adapters.secrets.port import SecretMissing, SecretsUnavailable, check_name, check_value
from libs.adapters.secrets.settings import LocalSecretsSettings
from libs.adapters.tenant_names import check_prefix

_SUFFIX = ".json"


class _File(BaseModel):
    sealed: str
    tags: dict[str, str]


class LocalSecrets:
    """Secrets in files; any number of processes may share them."""

    def __init__(self, root: Path, keys: Keys, key_id: str) -> None:
        self._root = root
        self._keys = keys
        self._key_id = key_id

    async def put(self, name: str, value: str, *, tags: Mapping[str, str] | None = None) -> None:
        check_value(value)
        path = self._path(name)
        sealed = await seal(self._keys, self._key_id, value.encode(), {"secret": name})
        content = _File(sealed=base64.b64encode(sealed).decode(), tags=dict(tags or {})).model_dump_json()
        try:
            await asyncio.to_thread(_replace, path, content)
        except OSError as error:
            raise SecretsUnavailable from error

    async def get(self, name: str) -> str:
        try:
            content = await asyncio.to_thread(self._path(name).read_text)
        except FileNotFoundError as error:
            raise SecretMissing from error
        sealed = base64.b64decode(_File.model_validate_json(content).sealed)
        return (await unseal(self._keys, sealed, {"secret": name})).decode()

    async def delete(self, name: str) -> None:
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)

    async def list_names(self, prefix: str) -> list[str]:
        check_prefix(prefix)
        return sorted(name for name in await asyncio.to_thread(self._names) if name.startswith(prefix))

    async def ping(self) -> None:
        if not os.access(self._root, os.W_OK):
            raise SecretsUnavailable
        await self._keys.ping()

    def _names(self) -> list[str]:
        return [unquote(path.name.removesuffix(_SUFFIX)) for path in self._root.glob(f"*{_SUFFIX}")]

    def _path(self, name: str) -> Path:
        return self._root / f"{quote(check_name(name), safe='+=@')}{_SUFFIX}"


def _replace(path: Path, content: str) -> None:
    fresh = path.with_name(f".{random_source.token_hex(8)}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


@asynccontextmanager
async def open_local_secrets(settings: LocalSecretsSettings) -> AsyncIterator[LocalSecrets]:
    """The secrets with their key ring; both are made if they are not there yet."""
    await asyncio.to_thread(settings.root.mkdir, mode=0o700, parents=True, exist_ok=True)
    async with open_keys(settings.keys) as keys:
        yield LocalSecrets(settings.root, keys, await keys.create_key(settings.key_alias))
