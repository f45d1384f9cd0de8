"""The port of nearest passages: which passages are nearest in meaning to a question.

PostgreSQL has every passage and vector, and says who may read them, whichever form is used. Another form has copies of
the vectors and proposes passages; it can be filled anew at any time, and nothing that PostgreSQL does not confirm is
ever found.

PortError
└── VectorsError ── VectorsUnavailable, VectorsFailed
"""

from collections.abc import AsyncIterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.errors import PortError
from services.ai.index.scope import Scope
from services.ai.index.search_repository import Survey
from services.ai.index.values import Place, QueryVector, Tuning


class VectorsError(PortError):
    code, title = "vectors_failed", "The search by meaning failed"


class VectorsUnavailable(VectorsError):
    status, code, title, retryable = 503, "vectors_unavailable", "The search by meaning does not answer", True
    default_detail = "Try again in a moment."


class VectorsFailed(VectorsError):
    """The request was refused, or answered with what is no answer: the same call will not succeed later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVector:
    """A passage's vector as it stands in PostgreSQL; `written` as pgvector writes it, which is JSON: `[0.1,0.2]`."""

    tenant_id: UUID
    knowledge_base_id: UUID
    document_id: UUID
    position: int
    model: str
    dimensions: int
    written: str


Batches = AsyncIterable[Sequence[StoredVector]]
"""Vectors, some hundreds at a time."""


class NearestPassages(Protocol):
    """Every call raises `VectorsUnavailable` and `VectorsFailed`, may be repeated, and does no harm twice."""

    async def write(self, batches: Batches) -> None:
        """Has these vectors found from now on; `batches` is not read by a form that needs no copies."""

    async def forget(self, tenant_id: UUID, document_id: UUID) -> None:
        """Deletes the vectors of a document, of every model."""

    async def drop(self, tenant_id: UUID, knowledge_base_id: UUID, *, besides: str) -> None:
        """Deletes the vectors of a knowledge base that are not of the model `besides`."""

    async def nearest(
        self,
        session: AsyncSession,
        scope: Scope,
        there: Survey,
        vector: QueryVector,
        tuning: Tuning,
        *,
        limit: int,
    ) -> Mapping[Place, float]:
        """Up to `limit` passages that the asker may read, those nearest to `vector`, with their cosine."""
