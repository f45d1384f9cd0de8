"""The S3 form of the objects port."""

import base64
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiobotocore.response import StreamingBody

from libs.adapters.aws import aws_client, aws_errors
from libs.adapters.objects.aws_upload import Upload, base64_of
from libs.adapters.objects.port import (
    CHUNK_BYTES,
    BucketMissing,
    ObjectEntry,
    ObjectInfo,
    ObjectMissing,
    ObjectRefused,
    ObjectsError,
    ObjectsUnavailable,
    SignedRequest,
    check_bucket,
    check_expiry,
    check_put,
    chunks_of,
)
from libs.adapters.objects.settings import S3ObjectsSettings
from libs.adapters.objects.signing import attachment
from libs.adapters.tenant_names import check_key, check_prefix
from libs.common.failpoints import failpoint

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_KNOWN = {
    "404": ObjectMissing,
    "NoSuchKey": ObjectMissing,
    "NoSuchBucket": BucketMissing,
    "BadDigest": ObjectRefused,
    "XAmzContentSHA256Mismatch": ObjectRefused,
}


class _Reader:
    def __init__(self, info: ObjectInfo, stream: StreamingBody | None) -> None:
        self._info, self._stream = info, stream

    @property
    def info(self) -> ObjectInfo:
        return self._info

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._stream is None:
            return
        with _errors():
            while chunk := await self._stream.read(CHUNK_BYTES):
                yield chunk

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self])


class S3Objects:
    """Objects in S3."""

    def __init__(self, client: "S3Client", region: str) -> None:
        self._client = client
        self._region = region

    async def ensure_bucket(self, bucket: str) -> None:
        check_bucket(bucket)
        with _errors():
            try:
                await self._client.head_bucket(Bucket=bucket)
            except self._client.exceptions.ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                    raise
                await self._create_bucket(bucket)

    async def put(
        self,
        bucket: str,
        key: str,
        body: bytes | AsyncIterable[bytes],
        *,
        content_type: str = "application/octet-stream",
        checksum_sha256: str | None = None,
        metadata: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
    ) -> ObjectInfo:
        check_put(bucket, key, content_type, checksum_sha256)
        upload = Upload(
            self._client,
            bucket,
            key,
            content_type=content_type,
            metadata=metadata or {},
            checksum=checksum_sha256,
        )
        with _errors():
            try:
                async for chunk in chunks_of(body):
                    upload.take(chunk, max_bytes)
                    await upload.send_full_parts()
                failpoint("objects.put.before")
                await upload.finish()
                failpoint("objects.put.after")
            except BaseException:
                await upload.abandon()
                raise
        return ObjectInfo(
            key, upload.size, content_type, datetime.now(UTC), upload.digest.hexdigest(), dict(metadata or {})
        )

    @asynccontextmanager
    async def get(self, bucket: str, key: str, *, first: int = 0, last: int | None = None) -> AsyncIterator[_Reader]:
        info = await self.head(bucket, key)
        end = info.size - 1 if last is None else min(last, info.size - 1)
        if first > end:
            yield _Reader(info, None)
            return
        with _errors():
            answer = await self._client.get_object(Bucket=bucket, Key=key, Range=f"bytes={first}-{end}")
        stream = answer["Body"]
        async with stream:
            yield _Reader(info, stream)

    async def head(self, bucket: str, key: str) -> ObjectInfo:
        check_bucket(bucket)
        check_key(key)
        with _errors():
            answer = await self._client.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
        metadata = dict(answer["Metadata"])
        checksum = metadata.pop("sha256", None) or _hexadecimal(answer.get("ChecksumSHA256"))
        content_type = answer.get("ContentType", "application/octet-stream")
        return ObjectInfo(key, answer["ContentLength"], content_type, answer["LastModified"], checksum, metadata)

    async def delete(self, bucket: str, key: str) -> None:
        check_bucket(bucket)
        with _errors():
            await self._client.delete_object(Bucket=bucket, Key=check_key(key))

    async def list_objects(
        self, bucket: str, prefix: str, *, after: str | None = None, limit: int = 1000
    ) -> list[ObjectEntry]:
        check_bucket(bucket)
        with _errors():
            answer = await self._client.list_objects_v2(
                Bucket=bucket, Prefix=check_prefix(prefix), StartAfter=after or "", MaxKeys=min(limit, 1000)
            )
        return [ObjectEntry(entry["Key"], entry["Size"], entry["LastModified"]) for entry in answer.get("Contents", ())]

    async def presign_get(
        self, bucket: str, key: str, *, expires_in: int, filename: str | None = None
    ) -> SignedRequest:
        check_bucket(bucket)
        wanted = {"Bucket": bucket, "Key": check_key(key)}
        if filename is not None:
            wanted["ResponseContentDisposition"] = attachment(filename)
        return await self._presign("GET", "get_object", wanted, expires_in)

    async def presign_put(
        self,
        bucket: str,
        key: str,
        *,
        expires_in: int,
        content_type: str,
        content_length: int | None,
        checksum_sha256: str | None = None,
    ) -> SignedRequest:
        check_put(bucket, key, content_type, checksum_sha256)
        wanted: dict[str, object] = {"Bucket": bucket, "Key": key, "ContentType": content_type}
        headers = {"Content-Type": content_type}
        if content_length is not None:
            wanted["ContentLength"], headers["Content-Length"] = content_length, str(content_length)
        if checksum_sha256 is not None:
            wanted["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = base64_of(bytes.fromhex(checksum_sha256))
            # As the SDKs say it. S3 goes by the checksum alone; stores like it keep it for `head` only when told so.
            wanted["ChecksumAlgorithm"] = headers["x-amz-sdk-checksum-algorithm"] = "SHA256"
        return await self._presign("PUT", "put_object", wanted, expires_in, headers)

    async def ping(self) -> None:
        with _errors():
            await self._client.list_buckets(MaxBuckets=1)

    async def _presign(
        self,
        method: str,
        operation: str,
        wanted: Mapping[str, Any],
        expires_in: int,
        headers: Mapping[str, str] | None = None,
    ) -> SignedRequest:
        check_expiry(expires_in)
        expires_at = datetime.now(UTC) + timedelta(seconds=expires_in)
        with _errors():
            url = await self._client.generate_presigned_url(operation, Params=wanted, ExpiresIn=expires_in)
        return SignedRequest(method, url, headers or {}, expires_at)

    async def _create_bucket(self, bucket: str) -> None:
        # S3 refuses its first region as a constraint (S3 API, CreateBucket).
        place: Any = (
            {} if self._region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
        )
        try:
            await self._client.create_bucket(Bucket=bucket, **place)
        except self._client.exceptions.BucketAlreadyOwnedByYou:
            return
        await self._client.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )


def _errors() -> AbstractContextManager[None]:
    return aws_errors(_KNOWN, unavailable=ObjectsUnavailable, failed=ObjectsError)


def _hexadecimal(checksum: str | None) -> str | None:
    # A multipart object has a checksum of checksums, marked by a dash; it is of no use to a reader.
    return None if checksum is None or "-" in checksum else base64.b64decode(checksum).hex()


@asynccontextmanager
async def open_s3_objects(settings: S3ObjectsSettings) -> AsyncIterator[S3Objects]:
    """S3 with the client that lives as long as the process."""
    style = {"addressing_style": "path" if settings.path_style else "auto"}
    async with aws_client("s3", settings.aws, s3=style) as client:
        yield S3Objects(client, settings.aws.region)
