"""Files that hang on messages."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.messaging.base import Base

State = Literal["uploading", "checking", "ready", "refused", "deleting"]
Refusal = Literal["missing", "wrong_size", "wrong_checksum", "wrong_type", "malware", "not_scannable", "failed"]


class Attachment(Base):
    """A file that someone uploads, and the message that it hangs on once that is sent, in `place`.

    `size`, `content_type` and `sha256` (hexadecimal) are what the uploader announced; a file that is `ready` is just
    that. A refused one says why in `reason`. `due_at` (technical time) is when the worker looks at it next, `attempts`
    how often a look failed. `counted_bytes` is what was recorded as the tenant's use of storage.
    """

    __tablename__ = "attachment"
    __table_args__ = keeps(
        owner="messaging",
        retention="tenant",
        erasure="deleted",
        personal=("uploader_id", "sealed_name", "sha256"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    uploader_id: Mapped[UUID]
    message_id: Mapped[UUID | None]
    place: Mapped[int]
    sealed_name: Mapped[bytes]
    size: Mapped[int]
    content_type: Mapped[str]
    sha256: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]
    preview_width: Mapped[int | None]
    preview_height: Mapped[int | None]
    counted_bytes: Mapped[int]
    attempts: Mapped[int]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
