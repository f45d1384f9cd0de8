"""The catalogue of backups."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.provisioner.base import Base


class Backup(Base):
    """An archive of a stack's data in parts, and its manifest, under the keys that start with `folder`.

    Verified: all of it was read back and agrees.
    """

    __tablename__ = "backup"
    __table_args__ = keeps(owner="provisioner", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stack_id: Mapped[UUID]
    reason: Mapped[str]
    status: Mapped[str]
    bucket: Mapped[str]
    folder: Mapped[str]
    manifest_sha256: Mapped[str | None]
    archive_sha256: Mapped[str | None]
    archive_bytes: Mapped[int | None]
    parts: Mapped[int | None]
    files: Mapped[int | None]
    content_bytes: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    completed_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
