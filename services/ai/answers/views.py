"""Chats and answers as they cross the wire."""

from collections.abc import Sequence

from services.ai.answers.basis import GONE
from services.ai.answers.models import Answer, Chat
from services.ai.answers.schemas import AnswerAnswer, ChatAnswer, CitationAnswer, Receipt, SourceAnswer
from services.ai.index.searching import Found


def sources(passages: Sequence[Found]) -> list[SourceAnswer]:
    return [
        SourceAnswer(
            number=number,
            knowledge_base_id=one.knowledge_base_id,
            document_id=one.document_id,
            document_name=one.document_name,
            passage_id=one.passage_id,
            page=one.page_from,
            score=one.score,
        )
        for number, one in enumerate(passages, 1)
    ]


def answer(found: Answer, *, hidden: bool = False) -> AnswerAnswer:
    """`hidden` leaves out what stood in documents."""
    shown = _answer(found)
    if not hidden:
        return shown
    receipt = shown.receipt.model_copy(update={"sources": []})
    return shown.model_copy(update={"text": "", "citations": [], "found": False, "reason": GONE, "receipt": receipt})


def _answer(found: Answer) -> AnswerAnswer:
    return AnswerAnswer(
        id=found.id,
        chat_id=found.chat_id,
        assistant_id=found.assistant_id,
        question=found.question,
        text=found.text,
        language=found.language,
        state=found.state,
        reason=found.reason,
        found=found.found,
        citations=[CitationAnswer.model_validate(one) for one in found.citations],
        receipt=Receipt(
            model=found.model,
            version=found.version,
            input_tokens=found.input_tokens,
            output_tokens=found.output_tokens,
            cache_read_tokens=found.cache_read_tokens,
            cache_write_tokens=found.cache_write_tokens,
            cents=found.cents,
            first_text_ms=found.first_text_ms,
            total_ms=found.total_ms,
            sources=[SourceAnswer.model_validate(one) for one in found.sources],
        ),
        rating=found.rating,
        comment=found.comment,
        created_at=found.created_at,
        finished_at=found.finished_at,
    )


def chat(found: Chat) -> ChatAnswer:
    return ChatAnswer.model_validate(found, from_attributes=True)
