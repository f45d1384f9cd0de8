"""A library whose vectors are searched by either form of the port, written there as ingestion does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.documents.models import Document
from services.ai.index.nearest import IN_POSTGRES, NearestPassages
from services.ai.index.projecting import project_document
from services.ai.index.searching import Found
from tests.services.ai.index.library import MODEL, Library


@dataclass(frozen=True)
class CopiedLibrary(Library):
    """One tenant with a knowledge base, in one form."""

    nearest: NearestPassages = IN_POSTGRES

    async def opened(self) -> "CopiedLibrary":
        await super().opened()
        return self

    async def publish(self, document: Document, *, state: str = "ready") -> bool:
        await self.copy(document)
        return await super().publish(document, state=state)

    async def copy(self, document: Document) -> None:
        await project_document(self.database, self.nearest, document, MODEL)

    async def forget(self, document: Document) -> None:
        await self.nearest.forget(self.tenant_id, document.id)
        await super().forget(document)

    async def search_in(
        self,
        session: AsyncSession,
        query: str,
        *,
        meaning: str | None = None,
        bases: Sequence[UUID] = (),
        **asked: Any,
    ) -> list[Found]:
        return await super().search_in(session, query, meaning=meaning, bases=bases, nearest=self.nearest, **asked)

    async def near(self, meaning: str, **asked: Any) -> list[str]:
        """What is found by its meaning alone, the best first."""
        return await self.texts("", meaning=meaning, **asked)
