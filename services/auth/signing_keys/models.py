"""The keys that sign access tokens."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Kept, Timed, keeps
from services.auth.base import Base


class SigningKeyRow(Base):
    """A key pair. It is published before `active_from` and until `published_until`; null means it is not retired."""

    __tablename__ = "signing_key"
    __table_args__ = keeps(
        owner="auth",
        retention=Timed(after=timedelta(), since="published_until"),
        erasure=Kept("the platform's own"),
    )

    kid: Mapped[str] = mapped_column(primary_key=True)
    encrypted_private_key: Mapped[bytes]
    public_jwk: Mapped[dict[str, Any]]
    active_from: Mapped[datetime]
    published_until: Mapped[datetime | None]
