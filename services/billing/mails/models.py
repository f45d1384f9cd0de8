"""Mails that billing has promised to send."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.adapters.mail.outgoing import OutgoingMailColumns
from libs.common.data_catalogue import Timed, keeps
from services.billing.base import Base


class OutgoingMail(OutgoingMailColumns, Base):
    """One mail to a tenant's owner; `kind` and `about` name it once."""

    __table_args__ = keeps(
        owner="billing",
        personal=("parameters",),
        retention=Timed(after=timedelta(days=90), since="created_at", only="next_attempt_at IS NULL"),
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    about: Mapped[str]
