"""The assistants of a business, as ai tells of them."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.messaging.base import Base


class Assistant(Base):
    """An assistant as of ai's newest event about it. One that was deleted stays, so that a late event cannot revive it.

    Its name is ai's to tell, as that of a person is auth's.
    """

    __tablename__ = "assistant"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    active: Mapped[bool]
    version: Mapped[int]
