"""Addresses of a backup's files, handed out one by one while a host works on the command that is about it."""

from uuid import UUID

from libs.adapters.objects import Objects
from libs.common.database import Database
from libs.contracts.hosts import DownloadSource, FileUpload, UploadGrant, UploadTarget
from services.provisioner.backups import repository as backups
from services.provisioner.backups.files import is_stored
from services.provisioner.backups.models import Backup
from services.provisioner.hosts import commands, lookups
from services.provisioner.hosts.errors import BackupNotOpen, CommandNotFound
from services.provisioner.hosts.payloads import BackupReference

SIGNED_SECONDS = 15 * 60
"""The agent asks before each attempt, so that a URL need only live until the transfer has begun."""
BODY_TYPE = "application/octet-stream"


async def grant_upload(
    database: Database, objects: Objects, host_id: UUID, command_id: UUID, file: FileUpload
) -> UploadGrant:
    """Where to send a file of the backup that is being made; nowhere if the store holds it already.

    Raises CommandNotFound; BackupNotOpen when the backup was given up, so that nothing is sent after its removal.
    """
    backup = await _backup(database, host_id, command_id, kind="back_up_stack", status="running")
    key = backup.folder + file.name
    if await is_stored(objects, backup.bucket, key, file):
        return UploadGrant(target=None)
    signed = await objects.presign_put(
        backup.bucket,
        key,
        expires_in=SIGNED_SECONDS,
        content_type=BODY_TYPE,
        content_length=file.size,
        checksum_sha256=file.sha256,
    )
    return UploadGrant(target=UploadTarget(url=signed.url, headers=dict(signed.headers)))


async def grant_download(
    database: Database, objects: Objects, host_id: UUID, command_id: UUID, name: str
) -> DownloadSource:
    """Where to fetch a file of the backup that is being restored. Raises CommandNotFound, BackupNotOpen."""
    backup = await _backup(database, host_id, command_id, kind="restore_stack", status="complete")
    signed = await objects.presign_get(backup.bucket, backup.folder + name, expires_in=SIGNED_SECONDS)
    return DownloadSource(url=signed.url, headers=dict(signed.headers))


async def _backup(database: Database, host_id: UUID, command_id: UUID, *, kind: str, status: str) -> Backup:
    tenant_id = await lookups.tenant_of_command(database, command_id, host_id)
    if tenant_id is None:
        raise CommandNotFound
    async with database.tenant_session(tenant_id) as session:
        command = await commands.find_command(session, command_id)
        if command is None or (command.kind, command.status) != (kind, "queued"):
            raise CommandNotFound
        backup = await backups.find_backup(session, BackupReference.model_validate(command.payload).backup_id)
    if backup is None or backup.status != status:
        raise BackupNotOpen
    return backup
