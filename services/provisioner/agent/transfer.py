"""Carries archives to and from the object store over presigned URLs, streamed, checked by SHA-256."""

import asyncio
import base64
import hashlib
from pathlib import Path

import aiohttp

from libs.common.failpoints import failpoint
from libs.contracts.hosts import LARGEST_SINGLE_UPLOAD, DownloadSource, UploadTarget
from services.provisioner.agent.archive import CHUNK
from services.provisioner.agent.errors import ArchiveCorrupt, ArchiveTooLarge, TransferFailed

# No limit on the whole: an archive may take hours. A transfer that stands still for a minute has failed.
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)
_ATTEMPTS = 3


async def upload(session: aiohttp.ClientSession, target: UploadTarget, file: Path, *, sha256: str) -> None:
    """PUTs a file. Raises ArchiveTooLarge beyond one PUT's limit, TransferFailed after three attempts."""
    size = (await asyncio.to_thread(file.stat)).st_size
    if size > LARGEST_SINGLE_UPLOAD:
        raise ArchiveTooLarge(f"{file.name} has {size} bytes; one upload carries {LARGEST_SINGLE_UPLOAD}")
    headers = {"Content-Type": "application/octet-stream", **target.headers, "Content-Length": str(size)}
    if target.checksum_header is not None:
        headers[target.checksum_header] = base64.b64encode(bytes.fromhex(sha256)).decode()
    for attempt in range(1, _ATTEMPTS + 1):
        failpoint("agent.upload.before")
        try:
            with file.open("rb") as body:  # aiohttp reads it in its own threads
                async with session.put(target.url, data=body, headers=headers, timeout=_TIMEOUT) as answer:
                    if answer.status < 300:
                        failpoint("agent.upload.after")
                        return
                    failure = f"the object store answered {answer.status} to the upload"
                    final = 400 <= answer.status < 500
        except (aiohttp.ClientError, TimeoutError) as error:
            failure, final = f"the upload broke off: {error or type(error).__name__}", False
        if final or attempt == _ATTEMPTS:
            raise TransferFailed(failure)
        await asyncio.sleep(attempt)


async def download(session: aiohttp.ClientSession, source: DownloadSource, file: Path, *, sha256: str) -> None:
    """GETs an object into `file`. Raises ArchiveCorrupt for another checksum, TransferFailed for anything else."""
    for attempt in range(1, _ATTEMPTS + 1):
        failpoint("agent.download.before")
        try:
            async with session.get(source.url, headers=source.headers, timeout=_TIMEOUT) as answer:
                if answer.status == 200:
                    found = await _receive(answer, file)
                    break
                failure = f"the object store answered {answer.status} to the download"
                final = 400 <= answer.status < 500
        except (aiohttp.ClientError, TimeoutError) as error:
            failure, final = f"the download broke off: {error or type(error).__name__}", False
        if final or attempt == _ATTEMPTS:
            raise TransferFailed(failure)
        await asyncio.sleep(attempt)
    if found != sha256:
        raise ArchiveCorrupt(f"{file.name} has the checksum {found}, the catalogue says {sha256}")


async def _receive(answer: aiohttp.ClientResponse, file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("wb") as target:
        async for chunk in answer.content.iter_chunked(CHUNK):
            digest.update(chunk)
            await asyncio.to_thread(target.write, chunk)
    return digest.hexdigest()
