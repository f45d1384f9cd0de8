"""Signed-in sessions and their chain of refresh tokens."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Timed, keeps
from services.auth.base import Base


class UserSession(Base):
    """One sign-in of a person. All its refresh tokens are one family; `current_tenant_id` is where they work.

    `user_agent` is what the browser called itself when it signed in, at most 256 characters.
    """

    __tablename__ = "user_session"
    __table_args__ = keeps(
        owner="auth",
        personal=("user_id", "created_at", "last_used_at", "user_agent"),
        retention=Timed(
            after=timedelta(days=60),
            since="last_used_at",
            only="NOT EXISTS (SELECT FROM refresh_token WHERE refresh_token.session_id = user_session.id)",
        ),
        erasure="deleted",
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    current_tenant_id: Mapped[UUID]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    user_agent: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]


class RefreshToken(Base):
    """The hash of one token of the chain; `used_at` is when it was exchanged for the next."""

    __tablename__ = "refresh_token"
    __table_args__ = keeps(
        owner="auth", retention=Timed(after=timedelta(days=1), since="expires_at"), erasure="deleted"
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
