"""The worker's part: judges uploaded files, stores those that pass, and deletes what nobody needs any more.

Each look at a file is one step that may be repeated: objects are put and deleted under keys of their own, and what is
true of the file changes in one transaction with its event and the storage it takes or gives back.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.uploads import UploadRefused, chunks_of, fetch_upload, scan_file
from libs.common.audit import record_usage
from libs.common.failpoints import failpoint
from libs.common.loops import EXPECTED
from libs.common.problems import Problem
from services.messaging.attachments import repository, sniffing
from services.messaging.attachments.models import Attachment, Refusal
from services.messaging.attachments.preview import CONTENT_TYPE, PREVIEWED, Preview, render_preview
from services.messaging.attachments.service import (
    KEPT_UNSENT,
    STORAGE,
    UPLOAD_SECONDS,
    final_key,
    preview_key,
    quarantine_key,
)
from services.messaging.attachments.values import event_value
from services.messaging.context import MessagingContext
from services.messaging.stream import repository as streams
from services.messaging.stream.service import take_position, write_event

LEASE = timedelta(minutes=3)
CHECK_SECONDS = 160.0
"""A check ends before its lease does, so that no two work on one file."""
MAX_ATTEMPTS = 20
LONGEST_PAUSE = timedelta(minutes=10)
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was put under the file's final keys. `size` counts its preview too."""

    size: int
    preview: tuple[int, int] | None = None


class _Refused(Exception):
    """The file is not given out, for `reason`."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


async def look_at(context: MessagingContext, attachment: Attachment) -> None:
    """Does what is due with a file that was claimed; what fails is tried again, later and later."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await _LOOKS[attachment.state](context, attachment)
    except EXPECTED as error:
        reason = error.code if isinstance(error, Problem) else repr(error)
        logger.warning("attachment.failed", attachment_id=str(attachment.id), state=attachment.state, reason=reason)
        pause = min(timedelta(seconds=2 ** min(attachment.attempts, 20)), LONGEST_PAUSE)
        async with context.database.tenant_session(attachment.tenant_id) as session:
            await repository.postpone(session, attachment, pause, now=datetime.now(UTC))


async def _check(context: MessagingContext, attachment: Attachment) -> None:
    """Gives the verdict. Whatever ends the worker again and again is refused at last."""
    try:
        if attachment.attempts > MAX_ATTEMPTS:
            raise _Refused("failed")
        stored: Stored | None = await _judge_and_store(context, attachment)
        reason = None
    except (_Refused, UploadRefused) as refused:
        stored, reason = None, refused.reason
    failpoint("attachments.settle.before")
    # Without a verdict to give, another worker gave it, or the message was deleted and the file's deletion follows.
    if await _settle(context, attachment, stored, reason):
        await context.objects.delete(context.settings.attachments_bucket, quarantine_key(attachment))
    logger.info("attachment.checked", attachment_id=str(attachment.id), refused=reason)


async def _judge_and_store(context: MessagingContext, attachment: Attachment) -> Stored:
    with tempfile.TemporaryDirectory(prefix="stackpro-attachment-") as folder:
        path = Path(folder) / "file"
        await fetch_upload(
            context.objects,
            context.settings.attachments_bucket,
            [quarantine_key(attachment)],
            path,
            size=attachment.size,
            sha256=attachment.sha256,
        )
        head = await asyncio.to_thread(_head, path)
        if sniffing.contradicts(attachment.content_type, head):
            raise _Refused("wrong_type")
        await scan_file(context.scanner, path)
        preview = await render_preview(path) if attachment.content_type in PREVIEWED else None
        return await _store(context, attachment, path, preview)


async def _store(context: MessagingContext, attachment: Attachment, path: Path, preview: Preview | None) -> Stored:
    bucket = context.settings.attachments_bucket
    async with aclosing(chunks_of(path)) as chunks:
        await context.objects.put(
            bucket,
            final_key(attachment),
            chunks,
            content_type=sniffing.served_type(attachment.content_type),
            checksum_sha256=attachment.sha256,
        )
    failpoint("attachments.copy.after")
    if preview is None:
        return Stored(size=attachment.size)
    await context.objects.put(bucket, preview_key(attachment), preview.body, content_type=CONTENT_TYPE)
    return Stored(size=attachment.size + len(preview.body), preview=(preview.width, preview.height))


async def _settle(
    context: MessagingContext, attachment: Attachment, stored: Stored | None, reason: Refusal | None
) -> bool:
    """Notes the verdict, counts the storage and tells the conversation, at once; False if there was none to give."""
    async with context.database.tenant_session(attachment.tenant_id) as session:
        await streams.hold(session, attachment.conversation_id)
        settled = await repository.settle(
            session,
            attachment,
            state="refused" if stored is None else "ready",
            reason=reason,
            counted_bytes=0 if stored is None else stored.size,
            preview=None if stored is None else stored.preview,
            # The upload address may be used until it expires; what it leaves in quarantine goes then.
            due_at=max(datetime.now(UTC), attachment.created_at + timedelta(seconds=UPLOAD_SECONDS)),
        )
        if settled is None:
            return False
        if settled.counted_bytes:
            await _record(session, settled, settled.counted_bytes)
        await _tell(session, settled)
    return True


async def _tell(session: AsyncSession, attachment: Attachment) -> None:
    if attachment.message_id is None:
        return
    message_id = attachment.message_id
    attachments = await repository.of_messages(session, [message_id])
    position = await take_position(session, attachment.tenant_id, attachment.conversation_id)
    data = {"message_id": message_id, "attachments": [event_value(one) for one in attachments]}
    await write_event(session, position, "message.updated", data=data, message_id=message_id)
    await repository.set_version(session, message_id, position.seq)


async def _tidy(context: MessagingContext, attachment: Attachment) -> None:
    """Empties the quarantine, and has a file deleted that was not sent within a day."""
    now = datetime.now(UTC)
    if attachment.state != "uploading":
        await context.objects.delete(context.settings.attachments_bucket, quarantine_key(attachment))
    async with context.database.tenant_session(attachment.tenant_id) as session:
        if now >= attachment.created_at + KEPT_UNSENT:
            if await repository.discard_unsent(session, attachment, now=now):
                await repository.ring(session)
            else:
                await repository.look_again(session, attachment, None)
        else:
            await repository.look_again(session, attachment, attachment.created_at + KEPT_UNSENT)


async def _delete(context: MessagingContext, attachment: Attachment) -> None:
    """Deletes the objects, and then forgets the file and gives its storage back."""
    await _delete_objects(context, attachment)
    failpoint("attachments.delete.after")
    async with context.database.tenant_session(attachment.tenant_id) as session:
        counted = await repository.remove(session, attachment.id)
        if counted:
            await _record(session, attachment, -counted)


async def _delete_objects(context: MessagingContext, attachment: Attachment) -> None:
    for key in (quarantine_key(attachment), preview_key(attachment), final_key(attachment)):
        await context.objects.delete(context.settings.attachments_bucket, key)


async def _record(session: AsyncSession, attachment: Attachment, quantity: int) -> None:
    await record_usage(session, tenant_id=attachment.tenant_id, entitlement=STORAGE, quantity=quantity)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(sniffing.HEAD_BYTES)


_LOOKS: Mapping[str, Callable[[MessagingContext, Attachment], Awaitable[None]]] = {
    "uploading": _tidy,
    "checking": _check,
    "ready": _tidy,
    "refused": _tidy,
    "deleting": _delete,
}
