"""Passages as people read them: where a citation leads."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.documents.errors import PassageNotFound
from services.ai.documents.models import Document
from services.ai.documents.schemas import PassageAnswer, PassagesAnswer
from services.ai.index import reading

NEIGHBOURS = 2


async def around(session: AsyncSession, document: Document, passage_id: UUID) -> PassagesAnswer:
    """The passage with its neighbours, in the order of the document. Raises PassageNotFound."""
    found = await reading.passages_around(session, document.id, passage_id, neighbours=NEIGHBOURS)
    if not found:
        raise PassageNotFound
    return PassagesAnswer(
        document_id=document.id,
        document_name=document.name,
        passage_id=passage_id,
        items=[
            PassageAnswer(
                id=passage.id,
                position=passage.position,
                text=passage.text,
                headings=passage.headings,
                page_from=passage.page_from,
                page_to=passage.page_to,
            )
            for passage in found
        ],
    )
