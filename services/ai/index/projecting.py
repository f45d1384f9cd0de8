"""Copies what PostgreSQL has to where the nearest passages are looked for, outside of any transaction.

A document may be deleted while it is copied. Whoever deletes it takes its copies away first, so that some might be
written after that: what is written is compared with the documents that there are, and taken away again.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from uuid import UUID

from libs.common.database import Database
from services.ai.documents.models import Document
from services.ai.index import lookups, repository
from services.ai.index.nearest.port import NearestPassages, StoredVector
from services.ai.index.values import Place

VECTORS_AT_ONCE = 500
"""With 1,024 dimensions, 7 MB: the smallest domains of Amazon OpenSearch Service take 10."""
BASES_AT_ONCE = 100
_NOBODY = UUID(int=0)
Progress = Callable[[int], None]
"""Is told of how many vectors were copied since it was told last."""


async def project_document(database: Database, nearest: NearestPassages, document: Document, model: str) -> None:
    """Copies a document's vectors of one model. Raises VectorsError."""
    base = (document.tenant_id, document.knowledge_base_id)
    await _project(database, nearest, base, model=model, document_id=document.id)


async def project_base(
    database: Database, nearest: NearestPassages, tenant_id: UUID, knowledge_base_id: UUID, model: str
) -> None:
    """Copies a knowledge base's vectors of one model. Raises VectorsError."""
    await _project(database, nearest, (tenant_id, knowledge_base_id), model=model)


async def project_all(database: Database, nearest: NearestPassages, *, progress: Progress = lambda _: None) -> None:
    """Copies the vectors of all tenants. Raises VectorsError."""
    after = (_NOBODY, _NOBODY)
    while True:
        async with database.system_session() as session:
            bases = await lookups.knowledge_bases(session, after=after, limit=BASES_AT_ONCE)
        if not bases:
            return
        for base in bases:
            async with database.tenant_session(base[0]) as session:
                models = await repository.models_of(session, base[1])
            for model in models:
                await _project(database, nearest, base, model=model, progress=progress)
        after = bases[-1]


async def _project(
    database: Database,
    nearest: NearestPassages,
    base: tuple[UUID, UUID],
    *,
    model: str,
    document_id: UUID | None = None,
    progress: Progress = lambda _: None,
) -> None:
    tenant_id, knowledge_base_id = base
    copied: set[UUID] = set()

    async def batches() -> AsyncGenerator[Sequence[StoredVector], None]:
        after = Place(document_id or _NOBODY, -1)
        while True:
            async with database.tenant_session(tenant_id) as session:
                some = await repository.stored_vectors(
                    session,
                    tenant_id,
                    knowledge_base_id,
                    model=model,
                    after=after,
                    document_id=document_id,
                    limit=VECTORS_AT_ONCE,
                )
            if not some:
                return
            copied.update(one.document_id for one in some)
            yield some
            progress(len(some))
            after = Place(some[-1].document_id, some[-1].position)

    async with aclosing(batches()) as reading:
        await nearest.write(reading)
    if copied:
        async with database.tenant_session(tenant_id) as session:
            living = await repository.living(session, copied)
        for gone in copied - living:
            await nearest.forget(tenant_id, gone)
