"""How the objects below a prefix of one bucket come into another bucket: compared, copied, compared again, removed."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from libs.adapters.objects import ObjectInfo, ObjectMissing, Objects
from services.provisioner.cloud.bucket_objects import BucketObject, BucketObjects
from services.provisioner.engine.step import StepFailed
from services.provisioner.steps.storage import MARKER

AT_ONCE = 16
STAYING = "backups/"
"""Archives of backups stay where the catalogue of backups says that they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectMove:
    """From a prefix of `source_bucket`, in `objects`, to `bucket`, whose keys have no prefix.

    With `on_s3` both are the same S3, which copies by itself; else the content passes through here.
    """

    objects: Objects
    source_bucket: str
    prefix: str
    target: BucketObjects
    bucket: str
    on_s3: bool

    async def each(self, work: Callable[[str], Awaitable[int]]) -> tuple[int, int]:
        """Does `work` for every key, some at once; returns how many there were, and the sum of what it returned."""
        count = total = 0
        async for keys in self._pages():
            for start in range(0, len(keys), AT_ONCE):
                done = await asyncio.gather(*map(work, keys[start : start + AT_ONCE]), return_exceptions=True)
                sizes = [_raised(each) for each in done]
                count, total = count + len(sizes), total + sum(sizes)
        return count, total

    async def bring(self, key: str) -> int:
        """Copies the object unless it is there as it is; returns its size. One that was just deleted has none."""
        try:
            info, sha256, found = await self._both(key)
        except ObjectMissing:
            return 0
        if not _same(info, sha256, found):
            await self._copy(info, sha256)
        return info.size

    async def compare(self, key: str) -> int:
        """The size of an object that is in both places the same. Raises `StepFailed` for any other."""
        info, sha256, found = await self._both(key)
        if not _same(info, sha256, found):
            message = "A file is not in the new place as it is in the old one."
            raise StepFailed("copy_incomplete", message, operator_detail=key, retryable=True)
        return info.size

    async def retire(self, key: str) -> int:
        """Removes the object now that the other bucket holds it; copies what was written since the last look."""
        try:
            info, sha256, found = await self._both(key)
        except ObjectMissing:
            return 0
        # A newer one in the new place was written there since: the verified copy is among its versions.
        if found is None or (not _same(info, sha256, found) and found.modified_at < info.modified_at):
            await self._copy(info, sha256)
        await self.objects.delete(self.source_bucket, key)
        return 1

    async def remove_folders(self, *folders: str) -> None:
        """Removes what shows the folders in a listing of the source."""
        for folder in folders:
            await self.objects.delete(self.source_bucket, f"{self.prefix}{folder}/{MARKER}")

    async def _pages(self) -> AsyncIterator[list[str]]:
        after: str | None = None
        while page := await self.objects.list_objects(self.source_bucket, self.prefix, after=after):
            after = page[-1].key
            yield [entry.key for entry in page if self._moves(entry.key)]

    def _moves(self, key: str) -> bool:
        return not self._target_key(key).startswith(STAYING) and key.rpartition("/")[2] != MARKER

    def _target_key(self, key: str) -> str:
        return key.removeprefix(self.prefix)

    async def _both(self, key: str) -> tuple[ObjectInfo, str, BucketObject | None]:
        info = await self.objects.head(self.source_bucket, key)
        sha256 = info.checksum_sha256 or await self._reckoned(key)
        return info, sha256, await self.target.find(self.bucket, self._target_key(key))

    async def _copy(self, info: ObjectInfo, sha256: str) -> None:
        key = self._target_key(info.key)
        if self.on_s3:
            await self.target.copy(self.source_bucket, info.key, self.bucket, key)
        else:
            await self._stream(info, key)
        if not _same(info, sha256, await self.target.find(self.bucket, key)):
            detail = f"{self.source_bucket}/{info.key} and {self.bucket}/{key}"
            raise StepFailed("copy_differs", "A file changed on its way.", operator_detail=detail, retryable=True)

    async def _stream(self, info: ObjectInfo, key: str) -> None:
        digest = hashlib.sha256()
        with tempfile.TemporaryFile() as spool:
            async with self.objects.get(self.source_bucket, info.key) as reader:
                async for chunk in reader:
                    digest.update(chunk)
                    await asyncio.to_thread(spool.write, chunk)
            spool.seek(0)
            await self.target.put(self.bucket, key, spool, info, sha256=digest.hexdigest())

    async def _reckoned(self, key: str) -> str:
        digest = hashlib.sha256()
        async with self.objects.get(self.source_bucket, key) as reader:
            async for chunk in reader:
                digest.update(chunk)
        return digest.hexdigest()


def _raised(outcome: int | BaseException) -> int:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def _same(info: ObjectInfo, sha256: str, found: BucketObject | None) -> bool:
    return found is not None and (found.size, found.sha256) == (info.size, sha256)
