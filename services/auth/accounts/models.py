"""People, the businesses they signed up, and their roles in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Anonymised, keeps
from services.auth.base import Base


class UserAccount(Base):
    """A person. `email` is normalised: lower case, no surrounding space; `locale` is a BCP 47 tag."""

    __tablename__ = "user_account"
    __table_args__ = keeps(
        owner="auth",
        personal=("email", "full_name", "password_hash"),
        retention="user",
        erasure="deleted",
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    full_name: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str]
    created_at: Mapped[datetime]


class TenantRow(Base):
    """A business. `home_region` is where its stack and data live."""

    __tablename__ = "tenant"
    __table_args__ = keeps(
        owner="auth",
        personal=("slug", "name", "country"),
        retention="tenant",
        erasure=Anonymised("a slug that was in use is never given again; what others keep still finds its tenant"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    locale: Mapped[str]
    time_zone: Mapped[str]
    country: Mapped[str | None]
    home_region: Mapped[str]
    created_at: Mapped[datetime]


class Membership(Base):
    """A person's role in a business, since `created_at`.

    `version` grows by one at each change, also when one that ended at `ended_at` is taken up again.
    """

    __tablename__ = "membership"
    __table_args__ = keeps(owner="auth", personal=("user_id", "role"), retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    role: Mapped[str]
    created_at: Mapped[datetime]
    version: Mapped[int]
    ended_at: Mapped[datetime | None]
