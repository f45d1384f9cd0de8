"""Streams: everything that happens in a conversation, or to a person, in one order without gaps."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Timed, keeps
from services.messaging.base import Base

KEPT = timedelta(days=30)
"""How long a client may be away and still resume; the messages themselves are kept by `message`."""


class Stream(Base):
    """The head of a stream: `id` is that of the conversation, or of the person whose stream it is.

    `last_seq` counts events from 1. A new `epoch` says that earlier positions mean nothing any more.
    """

    __tablename__ = "stream"
    __table_args__ = keeps(
        owner="messaging",
        retention="tenant",
        erasure="deleted",
        impersonal={"id": "of a person's own stream it is the person's id, which names nobody outside auth"},
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    last_seq: Mapped[int]
    epoch: Mapped[UUID]


class StreamEvent(Base):
    """One event. `data` holds no text that people wrote; that is in `sealed`, under the tenant's data key.

    `message_id` is set where the event belongs to a message, so that its deletion finds what to empty. `created_at`
    is technical time.
    """

    __tablename__ = "stream_event"
    __table_args__ = keeps(
        owner="messaging",
        retention=Timed(after=KEPT, since="created_at"),
        erasure="deleted",
        personal=("actor_id", "data", "sealed"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
    sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]


class RelayEntry(Base):
    """An event that the open sockets have not been told of yet. The relay deletes it when it has told them."""

    __tablename__ = "relay_entry"
    __table_args__ = keeps(owner="messaging", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    stream_id: Mapped[UUID]
    seq: Mapped[int]
