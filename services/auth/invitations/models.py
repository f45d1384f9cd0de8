"""Invitations to a business."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Timed, keeps
from services.auth.base import Base


class Invitation(Base):
    """Somebody is asked to join. It is open until `ended_at`, by whatever it ended, or `expires_at`.

    `token_hash` is of the token in the mail's link, which is stored nowhere.
    """

    __tablename__ = "invitation"
    __table_args__ = keeps(
        owner="auth",
        personal=("email", "role", "invited_by"),
        retention=Timed(after=timedelta(days=1), since="expires_at"),
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[bytes]
    invited_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
