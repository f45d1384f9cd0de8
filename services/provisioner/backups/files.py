"""The files of a backup in the object store: their keys, whether one is there, and their removal."""

from collections.abc import Container
from uuid import UUID

from libs.adapters.objects import ObjectMissing, Objects, tenant_key
from libs.contracts.hosts import MANIFEST_NAME, BackupManifest, FileUpload, part_name


def folder_of(tenant_id: UUID, backup_id: UUID) -> str:
    """The key that all files of a backup start with."""
    return tenant_key(tenant_id, "backups", str(backup_id)) + "/"


def names_of_backup(parts: int) -> frozenset[str]:
    """The files of a complete backup."""
    return frozenset({MANIFEST_NAME, *(part_name(number) for number in range(1, parts + 1))})


async def is_stored(objects: Objects, bucket: str, key: str, file: FileUpload) -> bool:
    """Whether the store holds that very file, from an attempt that was cut off."""
    try:
        info = await objects.head(bucket, key)
    except ObjectMissing:
        return False
    return (info.size, info.checksum_sha256) == (file.size, file.sha256)


async def holds_archive(objects: Objects, bucket: str, folder: str, manifest: BackupManifest) -> bool:
    """Whether each part that the manifest names is stored, in its length; content is compared when it is read."""
    wanted = {folder + part_name(number): part.size for number, part in enumerate(manifest.parts, start=1)}
    found: dict[str, int] = {}
    after: str | None = None
    while page := await objects.list_objects(bucket, folder, after=after):
        found |= {entry.key: entry.size for entry in page}
        after = page[-1].key
    return sum(wanted.values()) == manifest.archive_bytes and wanted.items() <= found.items()


async def remove_files(objects: Objects, bucket: str, folder: str, *, keep: Container[str] = ()) -> None:
    """Removes what a backup has in the store, but the names in `keep`; may be repeated."""
    after: str | None = None
    while page := await objects.list_objects(bucket, folder, after=after):
        for entry in page:
            if entry.key.removeprefix(folder) not in keep:
                await objects.delete(bucket, entry.key)
        after = page[-1].key
