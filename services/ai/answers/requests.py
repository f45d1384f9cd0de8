"""What a model is asked for an answer: the assistant's instructions, its sources, and what was said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.ai.assistants.models import AssistantVersion
from services.ai.index.searching import Found
from services.ai.models.port import Message, ModelRequest, Source
from services.ai.safety.redaction import redact

TONES: Mapping[str, str] = {
    "friendly": "Write in a warm and natural tone.",
    "formal": "Write in a formal, courteous tone.",
    "brief": "Answer as briefly as you can.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the model is asked. `sources` are as they stand in the documents; `originals`, by their placeholders, were
    taken out of what the model is sent."""

    request: ModelRequest
    sources: tuple[Source, ...]
    originals: Mapping[str, str]


def request_for(
    version: AssistantVersion, question: str, passages: Sequence[Found], *, memory: Sequence[Message], language: str
) -> Asked:
    """With `redacts`, placeholders stand for personal data, each for the same in the whole request."""
    originals: Mapping[str, str] = {}

    def sent(text: str) -> str:
        nonlocal originals
        if not version.redacts:
            return text
        redacted = redact(text, language, known=originals)
        originals = redacted.originals
        return redacted.text

    messages = (*memory, Message(role="user", text=question))
    sources = tuple(
        Source(number=number, title=one.document_name, page=one.page_from, text=source_text(one))
        for number, one in enumerate(passages, 1)
    )
    request = ModelRequest(
        instructions=f"{version.instructions}\n\n{TONES[version.tone]}".strip(),
        sources=tuple(replace(one, title=sent(one.title), text=sent(one.text)) for one in sources),
        messages=tuple(Message(role=one.role, text=sent(one.text)) for one in messages),
        language=language,
        most_tokens=version.most_tokens,
    )
    return Asked(request=request, sources=sources, originals=originals)


def source_text(passage: Found) -> str:
    """A passage with the headings that it stands under, as models read it."""
    return passage.text if not passage.headings else f"{' › '.join(passage.headings)}\n\n{passage.text}"
