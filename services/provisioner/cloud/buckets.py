"""The bucket of a dedicated stack: private, versioned, encrypted with the stack's key, TLS only, with a life cycle."""

import json
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from services.provisioner.cloud.errors import CloudError, ResourceExists, ResourceMissing, cloud_errors
from services.provisioner.cloud.tags import Tags, as_dict, as_list, named

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

T = TypeVar("T")
FOLDERS = ("uploads/", "generated/", "backups/")
DEFAULT_REGION = "us-east-1"
OLD_VERSION_DAYS = 90
UNFINISHED_UPLOAD_DAYS = 7
NOT_SET = frozenset(
    {
        "NoSuchTagSet",
        "NoSuchPublicAccessBlockConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
        "NoSuchLifecycleConfiguration",
        "NoSuchBucketPolicy",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """`complete` when every protection of `create` is in force; `kms_key_id` encrypts what has no key of its own."""

    name: str
    versioned: bool
    kms_key_id: str | None
    public_access_blocked: bool
    tls_only: bool
    has_life_cycle: bool
    tags: dict[str, str]

    @property
    def complete(self) -> bool:
        protected = self.versioned and self.public_access_blocked and self.tls_only and self.has_life_cycle
        return protected and self.kms_key_id is not None


class Buckets:
    """Buckets of one account. The owner is named in every call: the name may belong to somebody else."""

    def __init__(self, client: "S3Client", *, region: str, account_id: str) -> None:
        self._client = client
        self._region = region
        self._owner = account_id

    async def find(self, name: str) -> Bucket | None:
        """Raises AccessDenied when the bucket is another account's."""
        try:
            with cloud_errors():
                await self._client.head_bucket(Bucket=name, ExpectedBucketOwner=self._owner)
                versioning = await self._client.get_bucket_versioning(Bucket=name)
        except ResourceMissing:
            return None
        return Bucket(
            name=name,
            versioned=versioning.get("Status") == "Enabled",
            kms_key_id=await self._kms_key(name),
            public_access_blocked=await self._public_access_blocked(name),
            tls_only=await self._tls_only(name),
            has_life_cycle=await self._has_life_cycle(name),
            tags=await self._tags(name),
        )

    async def create(self, name: str, *, kms_key_id: str, tags: Tags) -> Bucket:
        """Makes the bucket, or takes ours of that name, and puts every protection in force again.

        Raises ResourceExists when the name is another account's.
        """
        await self._make(name)
        with cloud_errors():
            await self._protect(name, kms_key_id)
        await self.tag(name, tags)
        await self.create_folders(name)
        made = await self.find(name)
        if made is None:
            raise ResourceMissing
        return made

    async def tag(self, name: str, tags: Tags) -> None:
        """A bucket's tags are one set, which is replaced as a whole."""
        with cloud_errors():
            await self._client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": as_list(named(name, tags))})

    async def create_folders(self, name: str, *, prefix: str = "", folders: Sequence[str] = FOLDERS) -> None:
        """Empty objects that show the folders in a listing; `prefix` ends in a slash or is empty."""
        with cloud_errors():
            for folder in folders:
                await self._client.put_object(Bucket=name, Key=prefix + folder, Body=b"")

    async def empty(self, name: str) -> None:
        """Removes every version of every object, for good."""
        try:
            with cloud_errors():
                async for page in self._client.get_paginator("list_object_versions").paginate(Bucket=name):
                    doomed = [
                        {"Key": each["Key"], "VersionId": each["VersionId"]}
                        for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                    ]
                    if doomed:
                        await self._client.delete_objects(Bucket=name, Delete={"Objects": doomed, "Quiet": True})  # type: ignore[typeddict-item]  # plain dicts are ObjectIdentifierTypeDefs
        except ResourceMissing:
            return

    async def delete(self, name: str) -> None:
        """Removes an empty bucket. Raises ResourceInUse while it holds anything."""
        try:
            with cloud_errors():
                await self._client.delete_bucket(Bucket=name, ExpectedBucketOwner=self._owner)
        except ResourceMissing:
            return

    async def _make(self, name: str) -> None:
        try:
            with cloud_errors():
                if self._region == DEFAULT_REGION:  # which may not be named (S3 API, CreateBucket)
                    await self._client.create_bucket(Bucket=name)
                else:
                    await self._client.create_bucket(
                        Bucket=name,
                        CreateBucketConfiguration={"LocationConstraint": self._region},  # type: ignore[typeddict-item]  # a setting, not a literal
                    )
        except ResourceExists as error:
            if error.aws_code != "BucketAlreadyOwnedByYou":
                raise

    async def _protect(self, name: str, kms_key_id: str) -> None:
        await self._client.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        await self._client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        await self._client.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": kms_key_id,
                        },
                        "BucketKeyEnabled": True,
                    }
                ]
            },
        )
        await self._client.put_bucket_policy(Bucket=name, Policy=json.dumps(tls_only_policy(name)))
        await self._client.put_bucket_lifecycle_configuration(
            Bucket=name,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "old-versions",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_VERSION_DAYS},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_UPLOAD_DAYS},
                    }
                ]
            },
        )

    async def _kms_key(self, name: str) -> str | None:
        found = await _if_set(self._client.get_bucket_encryption(Bucket=name))
        rules = found["ServerSideEncryptionConfiguration"]["Rules"] if found else []
        return rules[0].get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID") if rules else None

    async def _public_access_blocked(self, name: str) -> bool:
        found = await _if_set(self._client.get_public_access_block(Bucket=name))
        return found is not None and all(found["PublicAccessBlockConfiguration"].values())

    async def _tls_only(self, name: str) -> bool:
        found = await _if_set(self._client.get_bucket_policy(Bucket=name))
        return found is not None and json.loads(found["Policy"]) == tls_only_policy(name)

    async def _has_life_cycle(self, name: str) -> bool:
        found = await _if_set(self._client.get_bucket_lifecycle_configuration(Bucket=name))
        return found is not None and bool(found.get("Rules"))

    async def _tags(self, name: str) -> dict[str, str]:
        found = await _if_set(self._client.get_bucket_tagging(Bucket=name))
        return as_dict(found["TagSet"]) if found else {}


async def _if_set(call: Awaitable[T]) -> T | None:
    """What the call answers, or None where the bucket has no such configuration."""
    try:
        with cloud_errors():
            return await call
    except CloudError as error:
        if error.aws_code in NOT_SET:
            return None
        raise


def tls_only_policy(name: str) -> dict[str, object]:
    """Refuses every call without TLS (S3 User Guide, "Security best practices")."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
