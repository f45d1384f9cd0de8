"""An answer as server-sent events."""

from fastapi.sse import ServerSentEvent

from services.ai.answers.events import Cited, Ended, Event, Sources, Written
from services.ai.answers.preparing import Prepared


def started(prepared: Prepared) -> ServerSentEvent:
    """The first event: how to stop it, and where to ask on."""
    data = {"answer_id": str(prepared.answer_id), "chat_id": str(prepared.chat_id), "language": prepared.language}
    return ServerSentEvent(event="started", data=data)


def encoded(event: Event) -> ServerSentEvent:
    match event:
        case Sources(items):
            return ServerSentEvent(event="sources", data={"items": [one.model_dump(mode="json") for one in items]})
        case Written(text):
            return ServerSentEvent(event="text", data={"text": text})
        case Cited(citation):
            return ServerSentEvent(event="citation", data=citation.model_dump(mode="json"))
        case Ended(answer):
            return ServerSentEvent(event="ended", data=answer.model_dump(mode="json"))


def started_for_visitor(prepared: Prepared, chat: str) -> ServerSentEvent:
    """As `started`, for who may name no ids: `chat` is what the next question is sent with."""
    return ServerSentEvent(event="started", data={"chat": chat, "language": prepared.language})


def encoded_for_visitor(event: Event) -> ServerSentEvent | None:
    """What a visitor of a website sees; None for what is not theirs to see."""
    match event:
        case Written(text):
            return ServerSentEvent(event="text", data={"text": text})
        case Cited(citation):
            shown = citation.model_dump(mode="json", include={"number", "document_name", "page", "quote", "at"})
            return ServerSentEvent(event="citation", data=shown)
        case Ended(answer):
            return ServerSentEvent(event="ended", data={"state": answer.state, "found": answer.found})
        case _:
            return None
