"""What is noticed about a document while it is read in: kept beside it, and told to who runs the business."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import announce
from libs.common.ids import new_id
from libs.contracts.ai import DocumentSuspicious
from services.ai.documents.models import Document
from services.ai.extraction.values import MOST_FINDINGS, Finding
from services.ai.safety import repository
from services.ai.safety.instructions import PassageText, suspicion_of, suspicious_passages
from services.ai.safety.models import DocumentFinding, FindingKind

ALARMING: frozenset[FindingKind] = frozenset({"instruction", "hidden_instruction", "macros"})
"""What somebody may have put there on purpose. The rest is found in many an honest document, and only shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something about a document, before it is kept."""

    kind: FindingKind
    text: str
    page: int | None
    passage_position: int | None = None


def noticed_in(findings: Iterable[Finding], passages: Sequence[PassageText], language: str) -> list[Noticed]:
    """What extraction found, and what is written for a model in the passages or where no reader sees it.

    Takes up to half a millisecond a passage: call it in a thread.
    """
    suspicions = islice(suspicious_passages(passages, language), MOST_FINDINGS)
    instructions = [
        Noticed(kind="instruction", text=one.text, page=one.page, passage_position=one.position) for one in suspicions
    ]
    return [*instructions, *_extracted(findings, language)]


async def keep_findings(session: AsyncSession, document: Document, noticed: Sequence[Noticed]) -> None:
    """Keeps what was noticed in place of what an earlier attempt kept, and announces what is alarming."""
    now = datetime.now(UTC)
    rows = [
        DocumentFinding(
            tenant_id=document.tenant_id,
            id=new_id(),
            document_id=document.id,
            number=number,
            kind=one.kind,
            passage_position=one.passage_position,
            page=one.page,
            text=one.text,
            created_at=now,
        )
        for number, one in enumerate(noticed)
    ]
    await repository.replace(session, document.id, rows)
    if count := sum(one.kind in ALARMING for one in noticed):
        await announce(
            session,
            DocumentSuspicious(
                tenant_id=document.tenant_id,
                document_id=document.id,
                knowledge_base_id=document.knowledge_base_id,
                count=count,
            ),
        )


def _extracted(findings: Iterable[Finding], language: str) -> Iterator[Noticed]:
    for one in findings:
        hides = one.kind == "hidden_text" and suspicion_of(one.text, language) is not None
        yield Noticed(kind="hidden_instruction" if hides else one.kind, text=one.text, page=one.page)
