"""The tenants' data keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.messaging.base import Base


class DataKey(Base):
    """A data key, wrapped by the tenant's own key in the key store. Of each purpose the newest seals; all open.

    Times are technical. Who deletes the rows, or destroys the key that wraps them, makes what they sealed unreadable.
    """

    __tablename__ = "data_key"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime]
