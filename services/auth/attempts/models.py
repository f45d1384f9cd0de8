"""How often something was tried in a window of time."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.auth.base import Base


class Attempt(Base):
    """`id` is a hash of what is counted, so that the table names no address."""

    __tablename__ = "attempt"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    count: Mapped[int]
    window_ends_at: Mapped[datetime]
