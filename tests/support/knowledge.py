"""Knowledge of a business: a base with one document that is ready to be found."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import numpy as np

from libs.common.ids import new_id
from services.ai.context import AiContext
from services.ai.documents.models import Document, DocumentReader
from services.ai.index import writing
from services.ai.knowledge.models import KnowledgeBase
from services.ai.limits.models import Budget
from services.ai.passages.splitting import Passage
from services.ai.safety.findings import Noticed, keep_findings

MODEL = "minilm-l6-v2"


async def new_knowledge(context: AiContext, tenant_id: UUID, owner: UUID) -> Mapping[str, str]:
    """The ids of what was made, by the name of the path parameter that asks for it."""
    now, base_id, document_id, budget_id = datetime.now(UTC), new_id(), new_id(), new_id()
    common = {"tenant_id": tenant_id, "knowledge_base_id": base_id}
    async with context.database.tenant_session(tenant_id) as session:
        session.add(
            KnowledgeBase(
                tenant_id=tenant_id,
                id=base_id,
                name=f"Prices {base_id.hex}",
                description="",
                embedding_model=MODEL,
                state="active",
                last_change=1,
                created_at=now,
            )
        )
        await session.flush()
        document = Document(
            **common,
            id=document_id,
            name="prices.md",
            content_type="text/markdown",
            size=40,
            sha256=document_id.hex * 2,
            language="en",
            passages=1,
            audience="restricted",
            state="ready",
            done=1,
            total=1,
            uploader_id=owner,
            counted_bytes=0,
            fence=0,
            failures=0,
            version=1,
            created_at=now,
            updated_at=now,
        )
        session.add(document)
        await session.flush()
        for reader in ({"role": "owner"}, {"user_id": owner}):
            session.add(DocumentReader(tenant_id=tenant_id, id=new_id(), document_id=document_id, **reader))
        await keep_findings(session, document, [Noticed(kind="macros", text="A program", page=None)])
        loaf = Passage(0, "A loaf costs four euros.", ("Bread",), None, None, tokens=6)
        [passage_id] = await writing.add_passages(session, document, [loaf])
        await writing.add_vectors(session, document, [passage_id], np.eye(1, 384, dtype=np.float32), model=MODEL)
        await writing.publish(session, document)
        session.add(
            Budget(
                tenant_id=tenant_id, id=budget_id, user_id=new_id(), period="day", most_queries=100,
                created_at=now, updated_at=now,
            )
        )  # fmt: skip
    return {
        "knowledge_base_id": str(base_id),
        "document_id": str(document_id),
        "passage_id": str(passage_id),
        "budget_id": str(budget_id),
    }
