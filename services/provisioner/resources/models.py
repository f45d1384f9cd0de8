"""The ledger of everything made on AWS, and where it differs from what AWS has."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Anonymised, Timed, keeps
from services.provisioner.base import Base


class ResourceRow(Base):
    """One making of one thing. Its stack and deployment are null for what belongs to the platform itself."""

    __tablename__ = "resource"
    __table_args__ = keeps(
        owner="provisioner",
        personal=("name", "tags"),
        retention="tenant",
        erasure=Anonymised("the ledger proves that nothing of the tenant's is left on AWS"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stack_id: Mapped[UUID | None]
    deployment_id: Mapped[UUID | None]
    step: Mapped[str | None]
    kind: Mapped[str]
    name: Mapped[str]
    external_id: Mapped[str | None]
    client_token: Mapped[str]
    tags: Mapped[dict[str, Any]]
    state: Mapped[str]
    holds_data: Mapped[bool]
    note: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.clock_timestamp())


class DriftRow(Base):
    """A difference between the ledger, the desired state and AWS; `subject` names what differs, such as a step.

    `kind` is `missing`, `changed` or `orphan`; `repair` says what policy does about it: `automatic` or `manual`.
    """

    __tablename__ = "drift"
    __table_args__ = keeps(
        owner="provisioner",
        retention=Timed(after=timedelta(days=90), since="resolved_at"),
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stack_id: Mapped[UUID | None]
    subject: Mapped[str]
    kind: Mapped[str]
    detail: Mapped[str]
    repair: Mapped[str]
    detected_at: Mapped[datetime] = mapped_column(server_default=func.now())
    resolved_at: Mapped[datetime | None]
