"""Mails that auth has promised to send."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.adapters.mail.outgoing import OutgoingMailColumns
from libs.common.data_catalogue import Timed, keeps
from services.auth.base import Base


class OutgoingMail(OutgoingMailColumns, Base):
    """One mail to a user, who may belong to no tenant; without `user_id`, to the reader of an invitation."""

    __table_args__ = keeps(
        owner="auth",
        personal=("user_id", "parameters"),
        retention=Timed(after=timedelta(days=90), since="created_at", only="next_attempt_at IS NULL"),
        erasure="deleted",
    )

    user_id: Mapped[UUID | None]
