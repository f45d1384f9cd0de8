"""Widgets: an assistant on a business's own website."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import Timed, keeps
from services.ai.base import Base


class Widget(Base):
    """One script tag. `key` is public: it names the widget, and its `origins` say on whose pages it answers.

    `visitor_hourly` bounds the questions of one visitor in an hour, `daily` those of all in a day (technical time).
    """

    __tablename__ = "widget"
    __table_args__ = keeps(
        owner="ai",
        retention="tenant",
        erasure="deleted",
        impersonal={"name": "what a business calls its widget"},
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    assistant_id: Mapped[UUID]
    key: Mapped[str]
    name: Mapped[str]
    greeting: Mapped[str]
    colour: Mapped[str]
    origins: Mapped[list[str]] = mapped_column(ARRAY(Text))
    visitor_hourly: Mapped[int] = mapped_column(Integer)
    daily: Mapped[int] = mapped_column(Integer)
    is_on: Mapped[bool]
    created_at: Mapped[datetime]


class WidgetQuestion(Base):
    """A question on a website, for counting. `visitor` is a keyed hash of the visitor's address, anew each day."""

    __tablename__ = "widget_question"
    __table_args__ = keeps(
        owner="ai",
        retention=Timed(after=timedelta(days=2), since="created_at"),
        erasure="deleted",
        personal=("visitor",),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    widget_id: Mapped[UUID]
    visitor: Mapped[bytes]
    created_at: Mapped[datetime]
