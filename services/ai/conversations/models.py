"""What assistants are asked in conversations."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.data_catalogue import keeps
from services.ai.base import Base

State = Literal["waiting", "answered", "dropped"]


class ConversationQuestion(Base):
    """A message that an assistant is to answer, or has answered by the message `reply_id`. `seq` is its place.

    `answer_id` is the answer that is written for it, or was. It is `dropped` where nobody waits for an answer any more.
    `due_at` (technical time) is when a worker takes it up next; `fence` counts how often one did, and one that is not
    the latest changes nothing; `failures` counts attempts in a row that failed.
    """

    __tablename__ = "conversation_question"
    __table_args__ = keeps(owner="ai", retention="tenant", erasure="deleted")

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    assistant_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    message_id: Mapped[UUID]
    seq: Mapped[int]
    state: Mapped[str]
    answer_id: Mapped[UUID | None]
    reply_id: Mapped[UUID | None]
    fence: Mapped[int]
    failures: Mapped[int]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
