"""The tables that every service's database has: outbox, inbox, idempotency keys, tenant access."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from libs.common.data_catalogue import PLATFORM, Kept, Timed, keeps
from libs.common.database import TableTypes, new_metadata


class PlatformBase(TableTypes, DeclarativeBase):
    metadata = new_metadata()


class OutboxRow(PlatformBase):
    """An event that is true since its transaction committed, and has still to be published."""

    __tablename__ = "outbox"
    __table_args__ = keeps(
        owner=PLATFORM,
        personal=("body",),
        retention=Timed(after=timedelta(days=3), since="published_at"),
        erasure=Kept("ids only, and what erasure itself announces; gone three days after it was relayed"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), index=True)
    type: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    trace_context: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published_at: Mapped[datetime | None]


class InboxRow(PlatformBase):
    """An event that a consumer has applied."""

    __tablename__ = "inbox"
    __table_args__ = keeps(
        owner=PLATFORM,
        retention=Timed(after=timedelta(days=30), since="applied_at"),
        erasure=Kept("an event delivered late must not count again; the row names nobody"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer: Mapped[str] = mapped_column(Text, primary_key=True)
    type: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[datetime] = mapped_column(server_default=func.now())


class IdempotencyRow(PlatformBase):
    """The answer that was given to a request with an Idempotency-Key."""

    __tablename__ = "idempotency_key"
    __table_args__ = keeps(
        owner=PLATFORM,
        personal=("answer",),
        retention=Timed(after=timedelta(hours=24), since="created_at"),
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TenantAccessRow(PlatformBase):
    """What billing last said a tenant may do: `full`, `read_only` or `suspended`."""

    __tablename__ = "tenant_access"
    __table_args__ = keeps(owner=PLATFORM, retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(BigInteger)
