"""Canaries: a sentence in each tenant's index that nobody else's search may ever find, and searches that try to.

A canary lives in a knowledge base of its own that is hidden from people, in a document that only its own id may read;
so no member, visitor or assistant is shown it. A probe asks as if every other guard had failed: it knows the other
tenant's knowledge base, names the reader and the very words. What must stop it is the tenant's own database session.
"""

import secrets
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from string import ascii_lowercase
from uuid import UUID

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.ai.context import AiContext
from services.ai.documents.access import Asker
from services.ai.documents.models import Document, DocumentReader
from services.ai.index import writing
from services.ai.index.nearest import StoredVector
from services.ai.index.searching import search
from services.ai.index.values import written
from services.ai.knowledge.models import KnowledgeBase
from services.ai.passages.splitting import Passage
from services.ai.safety import canary_repository as repository
from services.ai.safety.metrics import BLIND, LEAKS, PROBES
from services.ai.safety.models import Canary

TOKEN_LETTERS = 32
"""About 150 bits, in letters alone: one word to every index."""
LANGUAGE = "en"
MOST_BASES = 20
logger = structlog.get_logger()
Vectors = NDArray[np.float32]


def sentence(token: str) -> str:
    """What stands in the index."""
    return f"The canary's word is {token}."


async def plant(context: AiContext, tenant_id: UUID) -> None:
    """Plants a canary in place of any that the tenant has. Raises EmbeddingsUnavailable, VectorsError."""
    embeddings = context.embeddings.default
    token = "".join(secrets.choice(ascii_lowercase) for _ in range(TOKEN_LETTERS))
    text = sentence(token)
    vectors = await embeddings.embed([text])
    base, document, reader, canary = _rows(tenant_id, token, embeddings.model)
    passage = Passage(
        position=0, text=text, headings=(), page_from=None, page_to=None, tokens=embeddings.count_tokens(text)
    )
    async with context.database.tenant_session(tenant_id) as session:
        for old in await repository.all_of_tenant(session):
            await context.nearest.forget(tenant_id, old.document_id)
            await writing.forget(session, old.document_id)
            await repository.remove(session, old)
        await repository.add(session, base, document, reader, canary)
        ids = await writing.add_passages(session, document, [passage])
        await writing.add_vectors(session, document, ids, vectors, model=embeddings.model)
        await writing.publish(session, document)
        # Before the commit, so that there is no canary that only words would find.
        await context.nearest.write(_copy(document, vectors[0], embeddings.model))


async def probe(context: AiContext, canaries: Sequence[Canary]) -> int:
    """Each one's tenant searches for its own canary and for the next one's; returns how many searches were probes.

    Raises EmbeddingsUnavailable, VectorsError.
    """
    if not canaries:
        return 0
    vectors = await context.embeddings.default.embed([sentence(canary.token) for canary in canaries])
    asked = 0
    for number, own in enumerate(canaries):
        other = (number + 1) % len(canaries)
        async with context.database.tenant_session(own.tenant_id) as session:
            if not await finds(context, session, own, vectors[number]):
                BLIND.inc()
                logger.error("canary.blind", tenant_id=str(own.tenant_id), canary_id=str(own.id))
            if canaries[other].tenant_id != own.tenant_id:
                asked += 1
                await _probe_other(context, session, own.tenant_id, canaries[other], vectors[other])
    return asked


async def finds(context: AiContext, session: AsyncSession, canary: Canary, vector: NDArray[np.float32]) -> bool:
    """Whether a search in this session finds the canary."""
    found = await search(
        session,
        asker=Asker(user_id=canary.id, role="owner"),
        knowledge_base_ids=[canary.knowledge_base_id, *await repository.bases(session, limit=MOST_BASES)],
        query=canary.token,
        query_vector=vector,
        model=context.embeddings.default.model,
        language=LANGUAGE,
        limit=5,
        nearest=context.nearest,
    )
    return any(canary.token in one.text for one in found)


async def _probe_other(
    context: AiContext, session: AsyncSession, tenant_id: UUID, other: Canary, vector: NDArray[np.float32]
) -> None:
    PROBES.inc()
    if await finds(context, session, other, vector):
        LEAKS.inc()
        logger.error(
            "canary.leaked",
            tenant_id=str(tenant_id),
            leaked_tenant_id=str(other.tenant_id),
            canary_id=str(other.id),
        )


async def _copy(
    document: Document, vector: NDArray[np.float32], model: str
) -> AsyncGenerator[Sequence[StoredVector], None]:
    yield [
        StoredVector(
            tenant_id=document.tenant_id,
            knowledge_base_id=document.knowledge_base_id,
            document_id=document.id,
            position=0,
            model=model,
            dimensions=len(vector),
            written=written(vector),
        )
    ]


def _rows(tenant_id: UUID, token: str, model: str) -> tuple[KnowledgeBase, Document, DocumentReader, Canary]:
    now, base_id, document_id, canary_id = datetime.now(UTC), new_id(), new_id(), new_id()
    base = KnowledgeBase(
        tenant_id=tenant_id,
        id=base_id,
        name=f"canary {canary_id}",
        description="",
        embedding_model=model,
        state="active",
        hidden=True,
        last_change=0,
        created_at=now,
    )
    document = Document(
        tenant_id=tenant_id,
        id=document_id,
        knowledge_base_id=base_id,
        name="canary.txt",
        content_type="text/plain",
        size=len(sentence(token)),
        sha256="",
        language=LANGUAGE,
        passages=1,
        audience="restricted",
        state="ready",
        done=1,
        total=1,
        uploader_id=canary_id,
        created_at=now,
        updated_at=now,
    )
    reader = DocumentReader(tenant_id=tenant_id, id=new_id(), document_id=document_id, user_id=canary_id)
    canary = Canary(
        tenant_id=tenant_id,
        id=canary_id,
        knowledge_base_id=base_id,
        document_id=document_id,
        token=token,
        planted_at=now,
    )
    return base, document, reader, canary
