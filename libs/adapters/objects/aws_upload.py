"""How one object gets to S3."""

import base64
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from libs.adapters.objects.port import ObjectRefused

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import CompletedPartTypeDef

PART_BYTES = 8 * 1024 * 1024


def base64_of(digest: bytes) -> str:
    """As S3 writes checksums."""
    return base64.b64encode(digest).decode()


class Upload:
    """One object on its way: a single PUT if it is small, else a multipart upload, not seen before its end."""

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        key: str,
        *,
        content_type: str,
        metadata: Mapping[str, str],
        checksum: str | None,
    ) -> None:
        self._client, self._bucket, self._key = client, bucket, key
        self._content_type = content_type
        self._metadata = dict(metadata) | ({"sha256": checksum} if checksum else {})
        self._checksum = checksum
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._parts: list[CompletedPartTypeDef] = []
        self.digest = hashlib.sha256()
        self.size = 0

    def take(self, chunk: bytes, max_bytes: int | None) -> None:
        self.size += len(chunk)
        if max_bytes is not None and self.size > max_bytes:
            raise ObjectRefused(f"The file is longer than {max_bytes} bytes.")
        self.digest.update(chunk)
        self._buffer += chunk

    async def send_full_parts(self) -> None:
        while len(self._buffer) >= PART_BYTES:
            await self._send_part(bytes(self._buffer[:PART_BYTES]))
            del self._buffer[:PART_BYTES]

    async def finish(self) -> None:
        if self._checksum not in {None, self.digest.hexdigest()}:
            raise ObjectRefused("The file's SHA-256 is not the announced one; send it again.")
        if self._upload_id is None:
            await self._client.put_object(
                Bucket=self._bucket,
                Key=self._key,
                Body=bytes(self._buffer),
                ContentType=self._content_type,
                Metadata=self._metadata | {"sha256": self.digest.hexdigest()},
                ChecksumSHA256=base64_of(self.digest.digest()),
            )
            return
        if self._buffer:
            await self._send_part(bytes(self._buffer))
        await self._client.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id,
            MultipartUpload={"Parts": self._parts},
        )
        self._upload_id = None

    async def abandon(self) -> None:
        if self._upload_id is not None:
            upload_id, self._upload_id = self._upload_id, None
            await self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=upload_id)

    async def _send_part(self, part: bytes) -> None:
        if self._upload_id is None:
            made = await self._client.create_multipart_upload(
                Bucket=self._bucket, Key=self._key, ContentType=self._content_type, Metadata=self._metadata
            )
            self._upload_id = made["UploadId"]
        number = len(self._parts) + 1
        answer = await self._client.upload_part(
            Bucket=self._bucket, Key=self._key, UploadId=self._upload_id, PartNumber=number, Body=part
        )
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})
