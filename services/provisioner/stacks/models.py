"""A tenant's stack: what it should be, what it is, and what its steps put out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.provisioner.base import Base


class Stack(Base):
    """One per tenant. `observed` is the desired state that was last brought about; null before there is a stack.

    `desired_generation` grows with each change of `desired`; the stack is up to date when `observed_generation` equals
    it. `slug` and `desired` are null while only a payment is known of the tenant (events come in any order).
    """

    __tablename__ = "stack"
    __table_args__ = keeps(
        owner="provisioner",
        personal=("slug", "desired", "observed", "outputs"),
        retention="tenant",
        erasure="deleted",
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str | None]
    status: Mapped[str]
    host_kind: Mapped[str | None]
    aws_account: Mapped[str | None]
    region: Mapped[str]
    plan: Mapped[dict[str, Any] | None]
    plan_version: Mapped[int]
    desired: Mapped[dict[str, Any] | None]
    desired_generation: Mapped[int]
    observed: Mapped[dict[str, Any] | None]
    observed_generation: Mapped[int]
    outputs: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.clock_timestamp())
