"""Writes one answer: searches, asks the model, checks every citation, and settles what was used.

An answer is written by a task of its own, so that it ends in an orderly way whatever becomes of who waits for it:
stopped by its asker, left by a closed connection, or cut off by the end of the process.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.errors import PortError
from libs.common.failpoints import failpoint
from services.ai.answers import repository, views
from services.ai.answers.basis import GONE, note
from services.ai.answers.citing import Citation, CitationParser, Text
from services.ai.answers.events import Cited, Ended, Event, Sources, Written
from services.ai.answers.memory import remembered, search_query
from services.ai.answers.preparing import Prepared
from services.ai.answers.requests import request_for
from services.ai.answers.retrieval import Retrieved, retrieve
from services.ai.answers.schemas import AnswerAnswer, CitationAnswer, SourceAnswer
from services.ai.answers.texts import not_found
from services.ai.context import AiContext
from services.ai.limits.service import Used, release, settle
from services.ai.models.port import Answering, Finished, TextDelta, Usage
from services.ai.models.prices import estimated_usage, price_of
from services.ai.models.prompt import prompt_of
from services.ai.safety.redaction import Restorer

logger = structlog.get_logger()
QUEUED = 1000
"""Events that wait for a slow reader; the model waits with them."""


@dataclass
class Draft:
    """An answer as far as it is written. `absent` is one that the documents do not hold."""

    text: str = ""
    citations: list[CitationAnswer] = field(default_factory=list)
    retrieved: Retrieved | None = None
    sources: list[SourceAnswer] = field(default_factory=list)
    prompt_bytes: int = 0
    answering: Answering | None = None
    finished: Finished | None = None
    found: bool = False
    absent: bool = False
    state: str = "failed"
    reason: str | None = None
    first_text_at: float | None = None


class Writer:
    """The task that writes one answer, and its events for one reader."""

    def __init__(self, context: AiContext, prepared: Prepared) -> None:
        self._context = context
        self._prepared = prepared
        self._draft = Draft()
        self._started = time.monotonic()
        self._events: asyncio.Queue[Event | None] = asyncio.Queue(QUEUED)
        self._read = True
        self._ending = False
        self.task = asyncio.create_task(self._write())
        self._watch = asyncio.create_task(self._stop_at_ring())
        context.running.add(self.task)

    async def events(self) -> AsyncGenerator[Event, None]:
        """Everything that happens, `Ended` last. Who leaves earlier stops the answer."""
        try:
            while (event := await self._events.get()) is not None:
                yield event
        finally:
            self._read = False
            self.stop()

    def stop(self) -> None:
        """Ends the answer with what is written; one that is ending, or has ended, stays as it is."""
        if not self._ending:
            self.task.cancel()

    async def _stop_at_ring(self) -> None:
        with self._context.stops.heard(str(self._prepared.answer_id)) as rung:
            await rung.wait()
        self.stop()

    async def _write(self) -> None:
        draft = self._draft
        try:
            await self._compose()
            draft.state = "done"
        except asyncio.CancelledError:
            draft.state, draft.reason = "stopped", "stopped"
        except (PortError, SQLAlchemyError, OSError, TimeoutError) as error:
            draft.reason = error.code if isinstance(error, PortError) else "unavailable"
            logger.warning("answer.failed", answer_id=str(self._prepared.answer_id), reason=draft.reason)
        finally:
            try:
                await self._end()
            finally:
                await self._last()

    async def _compose(self) -> None:
        prepared, draft = self._prepared, self._draft
        question = prepared.question
        draft.retrieved = await retrieve(
            self._context,
            tenant_id=question.tenant_id,
            asker=question.asker,
            knowledge_base_ids=prepared.version.knowledge_base_ids,
            question=search_query(question.text, prepared.earlier),
            language=prepared.language,
        )
        await self._tell(Sources(views.sources(draft.retrieved.passages)))
        if not draft.retrieved.related:
            draft.absent = True
            await self._say(not_found(prepared.language))
            return
        memory = remembered(
            prepared.earlier,
            most_tokens=prepared.version.memory_tokens,
            count_tokens=self._context.embeddings.default.count_tokens,
        )
        asked = request_for(
            prepared.version, question.text, draft.retrieved.passages, memory=memory, language=prepared.language
        )
        draft.prompt_bytes = prompt_of(asked.request, name="").length
        parser, restorer = CitationParser(asked.sources), Restorer(asked.originals)
        stream = self._context.models.stream(asked.request, first=prepared.version.model)
        async with aclosing(stream):
            async for event in stream:
                if isinstance(event, TextDelta):
                    await self._take(parser.feed(restorer.feed(event.text)))
                elif isinstance(event, Answering):
                    draft.answering = event
                else:
                    draft.finished = event
        await self._take(parser.feed(restorer.close()) + parser.close())
        draft.absent = parser.not_in_sources
        draft.found = bool(draft.citations) and not draft.absent
        self._heed_reason()
        if parser.not_in_sources and not draft.text.strip():
            await self._say(not_found(prepared.language))

    def _heed_reason(self) -> None:
        """Says why an answer ends before its end; what a guardrail stopped is withdrawn, whatever was shown of it."""
        draft = self._draft
        if draft.finished is None or draft.finished.reason == "complete":
            return
        draft.reason = draft.finished.reason
        if draft.reason == "guardrail":
            draft.text, draft.citations, draft.found = not_found(self._prepared.language), [], False

    async def _take(self, pieces: "list[Text | Citation]") -> None:
        for piece in pieces:
            if isinstance(piece, Text):
                await self._say(piece.text)
            else:
                await self._cite(piece)

    async def _say(self, text: str) -> None:
        draft = self._draft
        if draft.first_text_at is None:
            draft.first_text_at = time.monotonic()
        draft.text += text
        await self._tell(Written(text))

    async def _cite(self, piece: Citation) -> None:
        draft = self._draft
        if draft.retrieved is None:
            return
        passage = draft.retrieved.passages[piece.source_number - 1]
        citation = CitationAnswer(
            number=len(draft.citations) + 1,
            knowledge_base_id=passage.knowledge_base_id,
            document_id=passage.document_id,
            document_name=passage.document_name,
            passage_id=passage.passage_id,
            page=passage.page_from,
            quote=piece.quote,
            at=len(draft.text),
        )
        draft.citations.append(citation)
        await self._tell(Cited(citation))

    async def _tell(self, event: Event) -> None:
        if self._read:
            await self._events.put(event)

    async def _end(self) -> None:
        """Writes how it ended and settles, in one transaction; then the reader hears of it."""
        self._ending = True
        self._watch.cancel()
        try:
            answer = await self._finish()
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            # It stays `running`; a sweep ends it, and what was reserved lapses.
            logger.error("answer.not_written", answer_id=str(self._prepared.answer_id), exc_info=error)
        else:
            if answer is not None:
                await self._tell(Ended(answer))

    async def _last(self) -> None:
        if self._read:
            await self._events.put(None)

    async def _finish(self) -> AnswerAnswer | None:
        """None where the chat was deleted meanwhile, and the answer with it."""
        draft, prepared = self._draft, self._prepared
        tenant_id = prepared.question.tenant_id
        usage = self._usage()
        cents = Decimal(0) if usage is None or draft.answering is None else price_of(draft.answering.model, usage)
        # An honest "not in your documents" counts only where a model was paid to find that out.
        charged = cents > 0 or (usage is not None and not draft.absent)
        async with self._context.database.tenant_session(tenant_id) as session:
            await self._drop_what_is_gone(session)
            failpoint("answers.finish.before_commit")
            written = await repository.finish(session, prepared.answer_id, self._values(usage, cents))
            if written and charged:
                await settle(
                    session,
                    tenant_id=tenant_id,
                    assistant_id=prepared.question.assistant_id,
                    user_id=prepared.question.asker.user_id,
                    answer_id=prepared.answer_id,
                    used=Used.of(usage, cents),
                    now=self._context.clock.now(),
                )
            answer = await repository.find(session, prepared.answer_id, user_id=prepared.question.owner_id)
        if not charged:
            await release(self._context, tenant_id=tenant_id, answer_id=prepared.answer_id)
        return None if answer is None else views.answer(answer)

    async def _drop_what_is_gone(self, session: AsyncSession) -> None:
        """A document may be deleted while an answer from it is written: then nothing of it is kept."""
        draft = self._draft
        passages = [] if draft.retrieved is None else draft.retrieved.passages
        cited = {one.document_id for one in draft.citations}
        given = {one.document_id for one in passages}
        there = await note(
            session, self._prepared.question.tenant_id, self._prepared.answer_id, cited=cited, given=given
        )
        draft.sources = [one for one in views.sources(passages) if one.document_id in there]
        if not cited <= there:
            draft.text, draft.citations, draft.found, draft.reason = "", [], False, GONE

    def _usage(self) -> Usage | None:
        """What a model used for what it delivered; who was stopped does not tell, so that it is estimated."""
        draft = self._draft
        if draft.finished is not None:
            return draft.finished.usage
        if draft.state == "stopped" and draft.text and draft.answering is not None:
            return estimated_usage(prompt_bytes=draft.prompt_bytes, answer_bytes=len(draft.text.encode()))
        return None

    def _values(self, usage: Usage | None, cents: Decimal) -> dict[str, object]:
        draft = self._draft
        now = time.monotonic()
        first = draft.first_text_at
        used = {} if usage is None or draft.answering is None else {
            "model": draft.answering.name,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cache_read_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        }  # fmt: skip
        return {
            **used,
            "text": draft.text,
            "state": draft.state,
            "reason": draft.reason,
            "found": draft.found,
            "citations": [one.model_dump(mode="json") for one in draft.citations],
            "sources": [one.model_dump(mode="json") for one in draft.sources],
            "cents": cents,
            "first_text_ms": None if first is None else round((first - self._started) * 1000),
            "total_ms": round((now - self._started) * 1000),
            "finished_at": datetime.now(UTC),
        }
