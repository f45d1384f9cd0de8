"""What crosses the wire about attachments."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import FileName, MediaType, RequestBody, Sha256, UploadAnswer, Whole
from services.messaging.attachments.models import Refusal

LARGEST_SINGLE_UPLOAD = 5 * 1024**3
"""What S3 takes in one PUT (Amazon S3 user guide, "Uploading objects")."""


class NewAttachment(RequestBody):
    """A file that is to be uploaded: its size in bytes, its media type, and its SHA-256 in hexadecimal digits."""

    file_name: FileName = Field(examples=["offer.txt"])
    size: Whole = Field(ge=1, le=LARGEST_SINGLE_UPLOAD, examples=[5])
    content_type: MediaType = Field(examples=["text/plain"])
    sha256: Sha256 = Field(examples=["2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"])


class NewAttachmentAnswer(BaseModel):
    """Upload the file, then complete it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199aa00-0000-7000-8000-000000000001",
                    "upload": {
                        "method": "PUT",
                        "url": "https://files.example.com/…",
                        "headers": {"Content-Type": "text/plain", "Content-Length": "5"},
                        "expires_at": "2026-11-21T12:00:00Z",
                    },
                }
            ]
        }
    )

    id: UUID
    upload: UploadAnswer


class PreviewSize(BaseModel):
    """The preview's size in pixels."""

    width: int
    height: int


class AttachmentAnswer(BaseModel):
    """A file. `file_name` is null where the key of the business is gone. A refused one says why in `reason`."""

    id: UUID
    file_name: str | None = Field(examples=["offer.pdf"])
    size: int
    content_type: str = Field(examples=["application/pdf"])
    state: Literal["uploading", "checking", "ready", "refused"]
    reason: Refusal | None
    preview: PreviewSize | None
