"""What crosses the wire about drafts."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import RequestBody
from services.messaging.messages.schemas import MAX_TEXT


class NewDraft(RequestBody):
    """What you have written so far, as it is: spaces at its ends are kept."""

    model_config = ConfigDict(str_strip_whitespace=False)

    text: str = Field(min_length=1, max_length=MAX_TEXT, examples=["Is the spring"])


class DraftAnswer(BaseModel):
    """What you had written; `text` is null where there is nothing, or where its key is gone (`unreadable`)."""

    conversation_id: UUID
    thread_root_id: UUID | None
    text: str | None
    unreadable: bool
    updated_at: datetime | None
