"""What crosses the wire about documents."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.common.schemas import FileName, MediaType, RequestBody, Sha256, UploadAnswer, Whole
from services.ai.documents.models import Audience, State

LARGEST_SINGLE_UPLOAD = 5 * 1024**3
"""What S3 takes in one PUT (Amazon S3 user guide, "Uploading objects")."""
Role = Literal["owner", "admin", "member", "viewer"]


class DocumentAccess(RequestBody):
    """Who may read a document, and so hear of it in answers.

    `everyone` includes visitors of your website, `members` is everybody in the business, `restricted` only those whom
    `roles` and `user_ids` name.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"audience": "restricted", "roles": ["owner", "admin"]}]})

    audience: Audience = "members"
    roles: list[Role] = Field(default=[], max_length=4)
    user_ids: list[UUID] = Field(default=[], max_length=200)

    @model_validator(mode="after")
    def _names_readers(self) -> Self:
        if (self.audience == "restricted") != bool(self.roles or self.user_ids):
            raise ValueError("name roles or people for a restricted document, and for no other")
        return self


class NewDocument(RequestBody):
    """A file that is to be uploaded: its size in bytes, its media type, and its SHA-256 in hexadecimal digits.

    `replaces` is the document whose place it takes as soon as it is ready; until then the old one is found.
    """

    name: FileName = Field(examples=["prices.md"])
    size: Whole = Field(ge=1, le=LARGEST_SINGLE_UPLOAD, examples=[40])
    content_type: MediaType = Field(examples=["text/markdown"])
    sha256: Sha256 = Field(examples=["2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"])
    access: DocumentAccess = DocumentAccess()
    replaces: UUID | None = None


class SharedAttachment(RequestBody):
    """A file that was shared in a conversation."""

    conversation_id: UUID = Field(examples=["0198c0de-0000-7000-8000-000000000002"])
    attachment_id: UUID = Field(examples=["0198c0de-0000-7000-8000-000000000005"])
    access: DocumentAccess = DocumentAccess()


class NewDocumentAnswer(BaseModel):
    """Upload the file, then complete it."""

    id: UUID
    upload: UploadAnswer


class Progress(BaseModel):
    """How far the present stage is, in passages; `total` is 0 before their number is known."""

    done: int
    total: int


class DocumentAnswer(BaseModel):
    """A document. `reason` says why it failed; `pages` is null where its kind has none."""

    id: UUID
    knowledge_base_id: UUID
    name: str = Field(examples=["prices.md"])
    content_type: str = Field(examples=["text/markdown"])
    size: int
    language: str | None = Field(examples=["en"])
    pages: int | None
    passages: int
    state: State
    reason: str | None
    progress: Progress
    replaces: UUID | None
    audience: Audience
    roles: list[Role]
    user_ids: list[UUID]
    readable: bool = Field(description="Whether you may read it: else you only see that it exists.")
    created_at: datetime
    updated_at: datetime


class PassageAnswer(BaseModel):
    """A piece of a document. Pages count from 1, positions from 0."""

    id: UUID
    position: int
    text: str
    headings: list[str]
    page_from: int | None
    page_to: int | None


class PassagesAnswer(BaseModel):
    """A passage as it stands in its document, with its neighbours."""

    document_id: UUID
    document_name: str
    passage_id: UUID
    items: list[PassageAnswer]


StateFilter = Annotated[State | None, Field(description="Only documents in this state.")]
