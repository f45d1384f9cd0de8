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
