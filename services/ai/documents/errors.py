"""What can be wrong about documents.

NotFound ─────── DocumentNotFound, PassageNotFound, AttachmentNotFound
Conflict ─────── DuplicateDocument, NotUploaded, NotStored, NotFailed, AttachmentNotReady
Unavailable ──── AttachmentUnavailable
PayloadTooLarge ─ DocumentTooLarge
Unprocessable ── UnsupportedDocument
"""

from uuid import UUID

from libs.common.problems import Conflict, FieldError, NotFound, PayloadTooLarge, Unavailable, Unprocessable


class DocumentNotFound(NotFound):
    code = "document_not_found"
    default_detail = "There is no such document that you may see. It may have been deleted."


class PassageNotFound(NotFound):
    code = "passage_not_found"
    default_detail = "There is no such passage. The document may have been replaced since."


class DuplicateDocument(Conflict):
    """The knowledge base has a document with just this content, `document_id`."""

    code = "duplicate_document"
    default_detail = "This knowledge base has a document with exactly this content already."

    def __init__(self, document_id: UUID | None = None) -> None:
        super().__init__(extra={"document_id": None if document_id is None else str(document_id)})


class NotUploaded(Conflict):
    code = "document_not_uploaded"
    default_detail = "Send the file to its upload address first; ask for a new one if that has expired."


class NotStored(Conflict):
    code = "document_not_stored"
    default_detail = "The file cannot be downloaded: it is still being checked, or was refused. Read its state."


class NotFailed(Conflict):
    code = "document_not_failed"
    default_detail = "Only a document that failed is tried again. Read its state."


class DocumentTooLarge(PayloadTooLarge):
    """The announced size is above the largest one, `max_bytes`."""

    code = "document_too_large"
    default_detail = "The file is larger than documents may be. Split it, or make it smaller."

    def __init__(self, max_bytes: int | None = None) -> None:
        super().__init__(extra={"max_bytes": max_bytes})


class UnsupportedDocument(Unprocessable):
    """The type of the file is none that text is read from; `supported` lists those that are."""

    code = "document_unsupported"
    default_detail = "No text is read from files of this type. Save it as PDF, Word, HTML, Markdown, CSV or text."

    def __init__(self, supported: tuple[str, ...] = ()) -> None:
        error = FieldError(pointer="/content_type", code=self.code, message="No text is read from files of this type.")
        super().__init__(errors=[error], extra={"supported": list(supported)})


class AttachmentNotFound(NotFound):
    code = "attachment_not_found"
    default_detail = "There is no such file in a conversation of yours."


class AttachmentNotReady(Conflict):
    code = "attachment_not_ready"
    default_detail = "This file is still being checked, or was refused. Read its state in the conversation."


class AttachmentUnavailable(Unavailable):
    code = "attachment_unavailable"
    default_detail = "The file could not be copied just now. Try again in a moment, or upload it yourself."
