"""Questions to models, and what comes back."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from services.ai.models import Answering, Finished, Message, ModelEvent, ModelRequest, Source, TextDelta

HOURS = Source(
    number=1, title="Opening hours.pdf", page=2, text="The shop opens at nine in the morning. On Sundays it is closed."
)
PARKING = Source(number=2, title="Parking", page=None, text="Parking behind the house costs two euro an hour.")
QUESTION = "When does the shop open in the morning?"


def question(
    text: str = QUESTION, *, sources: tuple[Source, ...] = (HOURS, PARKING), language: str = "en"
) -> ModelRequest:
    return ModelRequest(
        instructions="You answer for a shop.",
        sources=sources,
        messages=(Message(role="user", text=text),),
        language=language,
        most_tokens=500,
    )


@dataclass(frozen=True)
class Answered:
    """A whole answer."""

    texts: tuple[str, ...]
    finished: Finished

    @property
    def text(self) -> str:
        return "".join(self.texts)


async def answered(events: AsyncGenerator[Answering | ModelEvent, None]) -> Answered:
    """The whole answer; what comes after its end is a fault."""
    texts: list[str] = []
    finished: Finished | None = None
    async with aclosing(events):
        async for event in events:
            assert finished is None
            if isinstance(event, TextDelta):
                assert event.text
                texts.append(event.text)
            elif isinstance(event, Finished):
                finished = event
    assert finished is not None
    return Answered(tuple(texts), finished)


async def until_text(events: AsyncGenerator[Answering | ModelEvent, None]) -> str:
    """The first text."""
    event = await anext(events)
    if isinstance(event, Answering):
        event = await anext(events)
    assert isinstance(event, TextDelta)
    return event.text
