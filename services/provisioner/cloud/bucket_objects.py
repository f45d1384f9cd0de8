"""Objects in the buckets of dedicated stacks: brought there by S3 itself or from elsewhere, with their SHA-256."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING

from libs.adapters.objects import ObjectInfo
from services.provisioner.cloud.errors import ResourceMissing, cloud_errors

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketObject:
    """`sha256` is hexadecimal and S3's own reckoning of what it holds, never what the sender said."""

    key: str
    size: int
    sha256: str
    modified_at: datetime


class BucketObjects:
    """Objects of one account's buckets; at most 5 GB each (Amazon S3 User Guide, "Copying objects")."""

    def __init__(self, client: "S3Client", *, account_id: str) -> None:
        self._client = client
        self._owner = account_id

    async def find(self, bucket: str, key: str) -> BucketObject | None:
        try:
            with cloud_errors():
                found = await self._client.head_object(
                    Bucket=bucket, Key=key, ChecksumMode="ENABLED", ExpectedBucketOwner=self._owner
                )
        except ResourceMissing:
            return None
        told = found.get("ChecksumSHA256", "")
        # One with a number of parts at its end is of the parts' checksums, not of the content.
        known = told and "-" not in told
        sha256 = base64.b64decode(told).hex() if known else await self._reckoned(bucket, key)
        return BucketObject(key=key, size=found["ContentLength"], sha256=sha256, modified_at=found["LastModified"])

    async def copy(self, source_bucket: str, source_key: str, bucket: str, key: str) -> None:
        """S3 copies within itself, content type and metadata included, under the key of the new bucket."""
        with cloud_errors():
            await self._client.copy_object(
                Bucket=bucket,
                Key=key,
                CopySource={"Bucket": source_bucket, "Key": source_key},
                ChecksumAlgorithm="SHA256",
                ExpectedBucketOwner=self._owner,
                ExpectedSourceBucketOwner=self._owner,
            )

    async def put(self, bucket: str, key: str, body: IO[bytes], info: ObjectInfo, *, sha256: str) -> None:
        """Stores `body`, an open file at its beginning; S3 refuses it unless it has that SHA-256 (hexadecimal)."""
        with cloud_errors():
            await self._client.put_object(
                Bucket=bucket,
                Key=key,
                Body=body,
                ContentType=info.content_type,
                Metadata=dict(info.metadata),
                ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
                ExpectedBucketOwner=self._owner,
            )

    async def _reckoned(self, bucket: str, key: str) -> str:
        digest = hashlib.sha256()
        with cloud_errors():
            answer = await self._client.get_object(Bucket=bucket, Key=key, ExpectedBucketOwner=self._owner)
            stream = answer["Body"]
            async with stream:
                while chunk := await stream.read(CHUNK_BYTES):
                    digest.update(chunk)
        return digest.hexdigest()
