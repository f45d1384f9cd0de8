"""The worker's part: makes passages with vectors of an uploaded file, and deletes what nobody needs any more.

Each look at a document is one step that may be repeated. What is true of it changes in one transaction, and only if the
document is as it was when the look began: a worker that lost its lease changes nothing. Passages are written while a
document is being embedded, but searches find those of `ready` documents only, which it becomes in the transaction that
also ends the one it replaces.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.uploads import UploadRefused, chunks_of, fetch_upload, scan_file
from libs.common.audit import record_usage
from libs.common.failpoints import failpoint
from libs.common.loops import EXPECTED
from libs.common.problems import Problem
from services.ai.answers.basis import hand_over, withdraw
from services.ai.context import AiContext
from services.ai.documents import repository
from services.ai.documents.models import Document
from services.ai.documents.service import (
    STORAGE,
    UPLOAD_SECONDS,
    begin_deletion,
    extracted_key,
    final_key,
    quarantine_key,
)
from services.ai.documents.stored_text import extracted_from, stored_form
from services.ai.embeddings import EmbeddingsUnavailable
from services.ai.extraction.extract import extract
from services.ai.extraction.values import ExtractionFailed
from services.ai.index import writing
from services.ai.index.projecting import project_document
from services.ai.knowledge import repository as knowledge
from services.ai.passages.languages import language_of
from services.ai.passages.splitting import Passage, passages_of
from services.ai.safety.findings import keep_findings, noticed_in

LEASE = timedelta(minutes=8)
LOOK_SECONDS = 450.0
"""A look ends before its lease does, so that no two work on one document."""
SLICE_SECONDS = 20.0
"""After so long, a large document lets the others have their turn."""
BATCH = 64
MAX_FAILURES = 8
LONGEST_PAUSE = timedelta(minutes=10)
SAMPLE = 4000
"""Characters from which the language is told."""
logger = structlog.get_logger()


class _Failed(Exception):
    """No passages come of the document, for `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def look_at(context: AiContext, document: Document) -> None:
    """Does what is due with a document that was claimed; what fails is tried again, later and later."""
    try:
        if document.failures >= MAX_FAILURES and document.state != "deleting":
            raise _Failed("failed")
        async with asyncio.timeout(LOOK_SECONDS):
            await _LOOKS[document.state](context, document)
    except (_Failed, UploadRefused) as failed:
        logger.info("document.failed", document_id=str(document.id), reason=failed.reason)
        async with context.database.tenant_session(document.tenant_id) as session:
            await writing.forget(session, document.id)
            await repository.change(
                session, document, state="failed", now=datetime.now(UTC), reason=failed.reason, due_at=_tidied(document)
            )
    except EXPECTED as error:
        reason = error.code if isinstance(error, Problem) else repr(error)
        logger.warning("document.look_failed", document_id=str(document.id), state=document.state, reason=reason)
        pause = min(timedelta(seconds=2 ** min(document.failures, 20)), LONGEST_PAUSE)
        async with context.database.tenant_session(document.tenant_id) as session:
            now = datetime.now(UTC)
            await repository.change(session, document, now=now, failures=document.failures + 1, due_at=now + pause)


async def _extract(context: AiContext, document: Document) -> None:
    """Reads the file's text, and stores both."""
    if document.state == "queued":
        async with context.database.tenant_session(document.tenant_id) as session:
            if not await repository.change(session, document, state="extracting", now=datetime.now(UTC)):
                return
        document.state = "extracting"
    bucket = context.settings.documents_bucket
    with tempfile.TemporaryDirectory(prefix="stackpro-document-") as folder:
        path = Path(folder) / "document"
        await fetch_upload(
            context.objects,
            bucket,
            [final_key(document), quarantine_key(document)],
            path,
            size=document.size,
            sha256=document.sha256,
        )
        await scan_file(context.scanner, path)
        try:
            extracted = await extract(path, document.content_type)
        except ExtractionFailed as error:
            if error.reason == "not_confined":  # this machine's fault, and perhaps not the next one's
                raise OSError(error.detail) from None
            raise _Failed(error.reason) from None
        async with aclosing(chunks_of(path)) as read:
            await context.objects.put(
                bucket,
                final_key(document),
                read,
                content_type=document.content_type,
                checksum_sha256=document.sha256,
            )
    failpoint("documents.extract.stored")
    await context.objects.put(bucket, extracted_key(document), stored_form(extracted), content_type="application/json")
    failpoint("documents.extract.before_commit")
    async with context.database.tenant_session(document.tenant_id) as session:
        now = datetime.now(UTC)
        values = {"pages": extracted.pages, "counted_bytes": document.size, "failures": 0, "due_at": now}
        if await repository.change(session, document, state="splitting", now=now, **values):
            await _count(session, document, document.size - document.counted_bytes)
    failpoint("documents.extract.after_commit")


async def _split(context: AiContext, document: Document) -> None:
    """Writes the passages, in place of any that an earlier attempt left."""
    async with context.objects.get(context.settings.documents_bucket, extracted_key(document)) as reader:
        extracted = extracted_from(await reader.read())
    embeddings = context.embeddings.default
    passages = await asyncio.to_thread(
        passages_of, extracted, embeddings.count_tokens, most_tokens=embeddings.most_tokens
    )
    if not passages:
        raise _Failed("empty")
    language = await asyncio.to_thread(language_of, _sample(passages))
    noticed = await asyncio.to_thread(noticed_in, extracted.findings, passages, language)
    async with context.database.tenant_session(document.tenant_id) as session:
        await writing.forget(session, document.id)
        await writing.add_passages(session, document, passages)
        await keep_findings(session, document, noticed)
        failpoint("documents.split.before_commit")
        now = datetime.now(UTC)
        count = len(passages)
        values = {"language": language, "passages": count, "done": 0, "total": count, "failures": 0, "due_at": now}
        if not await repository.change(session, document, state="embedding", now=now, **values):
            await session.rollback()
    failpoint("documents.split.after_commit")


async def _embed(context: AiContext, document: Document) -> None:
    """Gives vectors to passages that have none; once all have theirs, the document is ready.

    Where the knowledge base moves to another model, the move gives it those of that one.
    """
    async with context.database.tenant_session(document.tenant_id) as session:
        base = await knowledge.find(session, document.knowledge_base_id)
    if base is None:
        return
    until, done = time.monotonic() + SLICE_SECONDS, document.done
    while time.monotonic() < until:
        written = await _embed_some(context, document, base.embedding_model, done=done)
        if written is None:
            return
        if not written:
            await _publish(context, document, base.embedding_model)
            return
        done = min(done + written, document.total)
    async with context.database.tenant_session(document.tenant_id) as session:
        now = datetime.now(UTC)
        await repository.change(session, document, now=now, due_at=now)


async def _embed_some(context: AiContext, document: Document, model: str, *, done: int) -> int | None:
    """How many passages got a vector of `model`; None if the document moved on meanwhile."""
    async with context.database.tenant_session(document.tenant_id) as session:
        missing = await writing.passages_without_vectors(session, document.id, model=model, limit=BATCH)
    if not missing:
        return 0
    vectors = await context.embeddings[model].embed([text for _, text in missing])
    failpoint("documents.embed.before_commit")
    async with context.database.tenant_session(document.tenant_id) as session:
        now = datetime.now(UTC)
        progress = min(done + len(missing), document.total)
        if not await repository.change(session, document, now=now, done=progress, failures=0, due_at=now + LEASE):
            return None
        await writing.add_vectors(session, document, [one for one, _ in missing], vectors, model=model)
    failpoint("documents.embed.after_commit")
    return len(missing)


async def _publish(context: AiContext, document: Document, model: str) -> None:
    """From this transaction on it is found, and the one it replaces is not; it has vectors of `model`."""
    await project_document(context.database, context.nearest, document, model)
    failpoint("documents.publish.projected")
    async with context.database.tenant_session(document.tenant_id) as session:
        await writing.publish(session, document)
        failpoint("documents.publish.before_commit")
        values = {"done": document.total, "failures": 0, "due_at": _tidied(document)}
        if not await repository.change(session, document, state="ready", now=datetime.now(UTC), **values):
            await session.rollback()
            return
        # The lock that the change holds keeps the model as it is now, by which every passage must be found.
        base = await knowledge.find(session, document.knowledge_base_id)
        if (
            base is None
            or base.embedding_model != model
            or await writing.passages_without_vectors(session, document.id, model=model, limit=1)
        ):
            await session.rollback()  # the knowledge base moved to another model just now
            raise EmbeddingsUnavailable
        if document.replaces is not None:
            old = await repository.find(session, document.knowledge_base_id, document.replaces)
            if old is not None:
                await begin_deletion(session, old)
    failpoint("documents.publish.after_commit")
    logger.info("document.ready", document_id=str(document.id), passages=document.passages)


async def _expire(context: AiContext, document: Document) -> None:
    """A document that was never completed goes."""
    async with context.database.tenant_session(document.tenant_id) as session:
        await begin_deletion(session, document)


async def _tidy(context: AiContext, document: Document) -> None:
    """Deletes what was only needed on the way. The upload address may have been used again until it expired."""
    for key in (quarantine_key(document), extracted_key(document)):
        await context.objects.delete(context.settings.documents_bucket, key)
    async with context.database.tenant_session(document.tenant_id) as session:
        await repository.change(session, document, now=document.updated_at, due_at=None)


async def _delete(context: AiContext, document: Document) -> None:
    """Deletes objects, vectors, words and passages, forgets the document, and takes what stood in it out of answers.

    Its storage is given back.
    """
    for key in (quarantine_key(document), extracted_key(document), final_key(document)):
        await context.objects.delete(context.settings.documents_bucket, key)
    failpoint("documents.delete.objects_gone")
    await context.nearest.forget(document.tenant_id, document.id)
    failpoint("documents.delete.copies_gone")
    async with context.database.tenant_session(document.tenant_id) as session:
        await writing.forget(session, document.id)
        heir_id = await repository.replacement_of(session, document.id)
        counted = await repository.remove(session, document.id)
        if counted is not None:
            await _count(session, document, -counted)
        if heir_id is None:
            await withdraw(session, document.id)
        else:
            await hand_over(session, document.id, heir_id)
        await repository.remove_empty_base(session, document.knowledge_base_id)
    failpoint("documents.delete.after_commit")


async def _count(session: AsyncSession, document: Document, quantity: int) -> None:
    if quantity:
        await record_usage(session, tenant_id=document.tenant_id, entitlement=STORAGE, quantity=quantity)


def _sample(passages: Sequence[Passage]) -> str:
    """Text from the middle, where neither imprints nor tables of contents are."""
    middle = len(passages) // 2
    text = ""
    for passage in (*passages[middle:], *passages[:middle]):
        text += f"{passage.text}\n"
        if len(text) >= SAMPLE:
            break
    return text[:SAMPLE]


def _tidied(document: Document) -> datetime:
    return max(datetime.now(UTC), document.created_at + timedelta(seconds=UPLOAD_SECONDS))


_LOOKS: Mapping[str, Callable[[AiContext, Document], Awaitable[None]]] = {
    "uploading": _expire,
    "queued": _extract,
    "extracting": _extract,
    "splitting": _split,
    "embedding": _embed,
    "ready": _tidy,
    "failed": _tidy,
    "deleting": _delete,
}
