"""What can be wrong about an attachment.

NotFound ─────── AttachmentNotFound, NoPreview
Conflict ─────── NotUploaded, NotReady
PayloadTooLarge ─ AttachmentTooLarge
Unprocessable ── NotAttachable
"""

from libs.common.problems import Conflict, FieldError, NotFound, PayloadTooLarge, Unprocessable


class AttachmentNotFound(NotFound):
    code = "attachment_not_found"
    default_detail = "There is no such file that you can see. It may have been deleted with its message."


class NoPreview(NotFound):
    code = "no_preview"
    default_detail = "There is no preview of this file. Download the file itself."


class NotUploaded(Conflict):
    code = "attachment_not_uploaded"
    default_detail = "Send the file to its upload address first; ask for a new one if that has expired."


class NotReady(Conflict):
    """The file is being uploaded or checked, or was refused; `state` and `reason` say which."""

    code = "attachment_not_ready"
    default_detail = "This file cannot be downloaded: it is still being checked, or was refused. Read its state."

    def __init__(self, state: str | None = None, reason: str | None = None) -> None:
        super().__init__(extra={"state": state, "reason": reason})


class AttachmentTooLarge(PayloadTooLarge):
    """The announced size is above the largest one, `max_bytes`."""

    code = "attachment_too_large"
    default_detail = "The file is larger than what may be sent here. Share it in another way, or make it smaller."

    def __init__(self, max_bytes: int | None = None) -> None:
        super().__init__(extra={"max_bytes": max_bytes})


class NotAttachable(Unprocessable):
    """An id names no file that its uploader may hang on this message, or one that was refused."""

    code = "attachment_not_attachable"
    default_detail = "Attach files that you uploaded to this conversation, completed, and have not sent yet."

    def __init__(self, index: int) -> None:
        error = FieldError(pointer=f"/attachment_ids/{index}", code=self.code, message="This file cannot be attached.")
        super().__init__(errors=[error])
