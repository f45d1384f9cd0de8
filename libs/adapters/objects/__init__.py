"""Objects: files of tenants, in S3 or a directory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from libs.adapters.objects.port import (
    BucketMissing,
    ObjectEntry,
    ObjectInfo,
    ObjectMissing,
    ObjectReader,
    ObjectRefused,
    Objects,
    ObjectsError,
    ObjectsUnavailable,
    SignedRequest,
)
from libs.adapters.objects.settings import LocalObjectsSettings, ObjectsSettings, S3ObjectsSettings
from libs.adapters.tenant_names import BadName, platform_key, tenant_key

__all__ = [
    "BadName",
    "BucketMissing",
    "LocalObjectsSettings",
    "ObjectEntry",
    "ObjectInfo",
    "ObjectMissing",
    "ObjectReader",
    "ObjectRefused",
    "Objects",
    "ObjectsError",
    "ObjectsSettings",
    "ObjectsUnavailable",
    "S3ObjectsSettings",
    "SignedRequest",
    "open_objects",
    "platform_key",
    "tenant_key",
]


@asynccontextmanager
async def open_objects(settings: ObjectsSettings) -> AsyncIterator[Objects]:
    """The form that `settings` names, open for the life of the process."""
    # The SDK costs tens of megabytes, so a form is loaded only where it is chosen.
    if isinstance(settings, LocalObjectsSettings):
        from libs.adapters.objects.local import LocalObjects  # noqa: PLC0415 - see above

        await asyncio.to_thread(settings.root.mkdir, parents=True, exist_ok=True)
        yield LocalObjects(settings)
    else:
        from libs.adapters.objects.aws import open_s3_objects  # noqa: PLC0415 - see above

        async with open_s3_objects(settings) as objects:
            yield objects
