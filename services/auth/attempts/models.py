"""How often something was tried in a window of time."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Kept, Timed, keeps
from services.auth.base import Base


class Attempt(Base):
    """How often one thing was tried. `id` is a hash of what is counted, so that the table names no address."""

    __tablename__ = "attempt"
    __table_args__ = keeps(
        owner="auth",
        personal=("id",),
        retention=Timed(after=timedelta(days=1), since="window_ends_at"),
        erasure=Kept("a hash that no name leads to; gone a day after its window"),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    count: Mapped[int]
    window_ends_at: Mapped[datetime]
