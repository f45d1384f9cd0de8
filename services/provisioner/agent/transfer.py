"""Carries the files of a backup to and from the object store, streamed and checked by SHA-256.

Each attempt asks the control plane for a fresh presigned URL, so that URLs live shortly however long a backup takes.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import aiohttp

from libs.common.failpoints import failpoint
from libs.contracts.hosts import MANIFEST_NAME, FileUpload
from services.provisioner.agent.archive import CHUNK
from services.provisioner.agent.control_plane import ControlPlane, ControlPlaneUnreachable
from services.provisioner.agent.errors import ArchiveCorrupt, TransferFailed

T = TypeVar("T")
# No limit on the whole: a part may take long. A transfer that stands still for a minute has failed.
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0)
"""Seconds between attempts: a restart of the control plane or of the store is outlasted."""
_REFUSALS = 3
"""A URL that is refused may have expired; one that is refused so often is refused for another reason."""


class Refused(Exception):
    """The store answered 4xx."""


class Transfers:
    """The files of the backup that one command is about.

    Raises TransferFailed when all attempts failed, BackupAborted when the control plane no longer wants it.
    """

    def __init__(self, session: aiohttp.ClientSession, plane: ControlPlane, command_id: UUID) -> None:
        self._session = session
        self._plane = plane
        self._command_id = command_id

    async def upload(self, name: str, file: Path, *, size: int, sha256: str) -> None:
        """Stores a file, unless the store holds this very one from an attempt that was cut off."""
        announced = FileUpload(name=name, size=size, sha256=sha256)
        await _persist(lambda: self._put(announced, file))

    async def download(self, name: str, file: Path, *, sha256: str, size: int | None = None) -> None:
        """Fetches a file. Raises ArchiveCorrupt if it is missing or not what `size` and `sha256` say."""
        found = await _persist(lambda: self._get(name, file, size))
        if found != sha256:
            source = "catalogue" if name == MANIFEST_NAME else "manifest"
            raise ArchiveCorrupt(f"{name} has the checksum {found}, the {source} says {sha256}")

    async def _put(self, announced: FileUpload, file: Path) -> None:
        target = await self._plane.upload_target(self._command_id, announced)
        if target is None:
            return
        failpoint("agent.upload.before")
        headers = {**target.headers, "Content-Length": str(announced.size)}
        with file.open("rb") as body:  # aiohttp reads it in its own threads
            async with self._session.put(target.url, data=body, headers=headers, timeout=_TIMEOUT) as answer:
                _require_success(answer.status, f"the upload of {announced.name}")
        failpoint("agent.upload.after")

    async def _get(self, name: str, file: Path, size: int | None) -> str:
        source = await self._plane.download_source(self._command_id, name)
        failpoint("agent.download.before")
        async with self._session.get(source.url, headers=source.headers, timeout=_TIMEOUT) as answer:
            if answer.status == 404:
                raise ArchiveCorrupt(f"{name} is missing from the object store")
            _require_success(answer.status, f"the download of {name}")
            return await _receive(answer, file, name, size)


async def _persist(attempt: Callable[[], Awaitable[T]]) -> T:
    refused, failure = 0, ""
    for pause in (*_PAUSES, None):
        try:
            return await attempt()
        except Refused as error:
            refused, failure = refused + 1, str(error)
        except (aiohttp.ClientError, ControlPlaneUnreachable, TimeoutError) as error:
            failure = f"the transfer broke off: {error or type(error).__name__}"
        if pause is None or refused == _REFUSALS:
            break
        await asyncio.sleep(pause)
    raise TransferFailed(failure)


def _require_success(status: int, what: str) -> None:
    if 400 <= status < 500:
        raise Refused(f"the object store answered {status} to {what}")
    if status >= 300:
        raise aiohttp.ClientError(f"the object store answered {status} to {what}")


async def _receive(answer: aiohttp.ClientResponse, file: Path, name: str, size: int | None) -> str:
    digest, came = hashlib.sha256(), 0
    with file.open("wb") as target:
        async for chunk in answer.content.iter_chunked(CHUNK):
            came += len(chunk)
            if size is not None and came > size:
                break
            digest.update(chunk)
            await asyncio.to_thread(target.write, chunk)
    if size is not None and came != size:
        raise ArchiveCorrupt(f"{name} has {'more' if came > size else came} bytes, the manifest says {size}")
    return digest.hexdigest()
