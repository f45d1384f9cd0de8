"""Questions by which an assistant is judged, and how its versions did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.ai.base import Base


class EvaluationQuestion(Base):
    """One question of an assistant's evaluation set, with what is expected of its answer.

    `document_id` is a document that must be among its sources, `expected` words that must stand in it; with
    `unanswerable`, the honest answer is that the documents do not hold one.
    """

    __tablename__ = "evaluation_question"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("question", "expected"))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    assistant_id: Mapped[UUID]
    question: Mapped[str]
    document_id: Mapped[UUID | None]
    expected: Mapped[str | None]
    unanswerable: Mapped[bool]
    created_at: Mapped[datetime]


class EvaluationRun(Base):
    """One version's answers to all questions. `scores` are shares from 0 to 1; `done` counts the questions asked.

    `asker_id` and `asker_role` are who began it: the documents are searched as theirs. `due_at` (technical time) is
    when the worker goes on with it, `fence` counts its looks.
    """

    __tablename__ = "evaluation_run"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted", personal=("asker_id", "results"))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    assistant_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str]
    reason: Mapped[str | None]
    asker_id: Mapped[UUID]
    asker_role: Mapped[str]
    done: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    results: Mapped[list[Any]]
    scores: Mapped[dict[str, Any]]
    fence: Mapped[int]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
