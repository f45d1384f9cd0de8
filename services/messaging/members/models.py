"""Who works in a business, as auth tells it."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.messaging.base import Base


class TenantMember(Base):
    """A membership as of auth's newest event about it. One that ended stays, so that a late event cannot revive it."""

    __tablename__ = "tenant_member"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted", personal=("user_id",))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    active: Mapped[bool]
    version: Mapped[int]
