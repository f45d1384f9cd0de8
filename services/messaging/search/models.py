"""The blind index: which words a message has, told only to who holds the tenant's search key."""

from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.messaging.base import Base


class MessageSearch(Base):
    """The tokens of a message that has text and is not deleted. See `docs/adr/0009-search-over-sealed-messages.md`."""

    __tablename__ = "message_search"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted", personal=("sender_id", "tokens"))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    sender_id: Mapped[UUID]
    seq: Mapped[int]
    tokens: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()))
