"""All SQL of the catalogue of backups. Sessions are the tenant's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.hosts import StackBackedUp
from services.provisioner.backups.files import folder_of
from services.provisioner.backups.models import Backup


async def begin_backup(
    session: AsyncSession, *, tenant_id: UUID, backup_id: UUID, stack_id: UUID, reason: str, bucket: str
) -> None:
    """Enters a backup that is about to be made, once."""
    statement = insert(Backup).values(
        tenant_id=tenant_id,
        id=backup_id,
        stack_id=stack_id,
        reason=reason,
        status="running",
        bucket=bucket,
        folder=folder_of(tenant_id, backup_id),
    )
    await session.execute(statement.on_conflict_do_nothing())


async def complete_backup(session: AsyncSession, backup_id: UUID, outcome: StackBackedUp) -> None:
    """Keeps what the host says that it stored."""
    await _set(
        session,
        backup_id,
        status="complete",
        manifest_sha256=outcome.manifest_sha256,
        archive_sha256=outcome.archive_sha256,
        archive_bytes=outcome.archive_bytes,
        parts=outcome.parts,
        files=outcome.files,
        content_bytes=outcome.content_bytes,
        completed_at=func.clock_timestamp(),
    )


async def fail_backup(session: AsyncSession, backup_id: UUID) -> None:
    """Gives up a backup that is not complete: from now on its host is given no address for it."""
    running = update(Backup).where(Backup.id == backup_id, Backup.status == "running")
    await session.execute(running.values(status="failed").execution_options(synchronize_session=False))


async def mark_verified(session: AsyncSession, backup_id: UUID) -> None:
    await _set(session, backup_id, verified_at=func.clock_timestamp())


async def find_backup(session: AsyncSession, backup_id: UUID) -> Backup | None:
    return await session.scalar(select(Backup).where(Backup.id == backup_id))


async def last_backup_at(session: AsyncSession, stack_id: UUID) -> datetime | None:
    """When the newest complete backup of a stack was finished."""
    complete = Backup.stack_id == stack_id, Backup.status == "complete"
    return await session.scalar(select(func.max(Backup.completed_at)).where(*complete))


async def _set(session: AsyncSession, backup_id: UUID, **values: object) -> None:
    await session.execute(
        update(Backup).where(Backup.id == backup_id).values(**values).execution_options(synchronize_session=False)
    )
