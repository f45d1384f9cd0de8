"""Knowledge of a business: a base with one document that is ready to be found."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from services.ai.answers.models import Answer, Chat
from services.ai.assistants.models import Assistant, AssistantVersion
from services.ai.context import AiContext
from services.ai.documents.models import Document, DocumentReader
from services.ai.documents.service import final_key
from services.ai.evaluation.models import EvaluationQuestion, EvaluationRun
from services.ai.index import writing
from services.ai.knowledge.models import KnowledgeBase
from services.ai.limits.models import Budget
from services.ai.passages.splitting import Passage
from services.ai.safety.findings import Noticed, keep_findings
from services.ai.widget.models import Widget, WidgetQuestion

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
        other = await _assistant(session, tenant_id, owner, base_id, now)
    await context.objects.ensure_bucket(context.settings.documents_bucket)
    await context.objects.put(
        context.settings.documents_bucket, final_key(document), b"A loaf", content_type="text/markdown"
    )
    return {
        **other,
        "knowledge_base_id": str(base_id),
        "document_id": str(document_id),
        "passage_id": str(passage_id),
        "budget_id": str(budget_id),
    }


async def _assistant(
    session: AsyncSession, tenant_id: UUID, owner: UUID, base_id: UUID, now: datetime
) -> Mapping[str, str]:
    """An assistant with all that hangs on it."""
    ids = {name: new_id() for name in ("assistant_id", "widget_id", "chat_id", "answer_id", "question_id", "run_id")}
    own = {"tenant_id": tenant_id, "assistant_id": ids["assistant_id"]}
    key = f"key-{ids['widget_id'].hex}"
    assistant = Assistant(
        tenant_id=tenant_id,
        id=ids["assistant_id"],
        name=f"Desk {ids['assistant_id'].hex}",
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(assistant)
    await session.flush()
    session.add(
        AssistantVersion(
            **own, id=new_id(), number=1, instructions="", tone="brief", knowledge_base_ids=[base_id], most_tokens=100,
            memory_tokens=0, redacts=False, example_questions=[], author_id=owner, created_at=now,
        )
    )  # fmt: skip
    session.add(
        Widget(
            **own, id=ids["widget_id"], key=key, name="Website", greeting="", colour="#000000",
            origins=["https://www.example.com"], visitor_hourly=10, daily=10, is_on=True, created_at=now,
        )
    )  # fmt: skip
    session.add(
        Chat(**own, id=ids["chat_id"], user_id=owner, channel="app", title="Bread", created_at=now, updated_at=now)
    )
    session.add(
        EvaluationQuestion(
            **own, id=ids["question_id"], question="How much?", expected="four", unanswerable=False, created_at=now
        )
    )
    session.add(
        EvaluationRun(
            **own, id=ids["run_id"], version=1, state="done", asker_id=owner, asker_role="owner", done=0, total=0,
            results=[], scores={}, fence=0, created_at=now,
        )
    )  # fmt: skip
    await session.flush()
    session.add(
        WidgetQuestion(tenant_id=tenant_id, id=new_id(), widget_id=ids["widget_id"], visitor=b"v", created_at=now)
    )
    session.add(
        Answer(
            **own, id=ids["answer_id"], chat_id=ids["chat_id"], version=1, question="How much?", text="Four euros.",
            language="en", state="done", found=True, citations=[], sources=[], input_tokens=0, output_tokens=0,
            cache_read_tokens=0, cache_write_tokens=0, cents=0, created_at=now,
        )
    )  # fmt: skip
    return {**{name: str(one) for name, one in ids.items()}, "key": key}
