"""ai: documents that a business adds, and assistants that answer from them."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI

from libs.common.access_mode import apply_access_change
from libs.common.application import create_application
from libs.common.service import Loop, Service
from libs.contracts.billing import TenantAccessChanged
from libs.contracts.messaging import AssistantAsked, MessageDeleted
from services.ai.answers import endpoints as answers
from services.ai.answers.sweeps import abandoned_answers_sweep
from services.ai.assistants import endpoints as assistants
from services.ai.assistants import template_endpoints as templates
from services.ai.base import Base
from services.ai.context import AiContext, open_context
from services.ai.conversations.handlers import on_assistant_asked, on_message_deleted
from services.ai.conversations.loop import conversation_loop
from services.ai.documents import attachment_endpoints as attachments
from services.ai.documents import endpoints as documents
from services.ai.documents.loop import document_loop
from services.ai.evaluation import endpoints as evaluation
from services.ai.evaluation.running import evaluation_loop
from services.ai.knowledge import endpoints as knowledge
from services.ai.knowledge.moving import moving_loop
from services.ai.limits import endpoints as limits
from services.ai.safety import endpoints as safety
from services.ai.safety.sweeps import canary_sweeps
from services.ai.settings import AiSettings
from services.ai.widget import endpoints as widget


def _loops(context: AiContext) -> Mapping[str, Loop]:
    return {
        "documents": document_loop(context),
        "moving": moving_loop(context),
        "evaluations": evaluation_loop(context),
        "conversations": conversation_loop(context),
    }


SERVICE: Service[AiSettings, AiContext] = Service(
    name="ai",
    settings=AiSettings,
    open_context=open_context,
    migrations=Path(__file__).parent / "migrations",
    routers=(
        knowledge.router,
        documents.router,
        attachments.router,
        safety.router,
        widget.router,
        widget.public_router,
        templates.router,
        assistants.router,
        assistants.models_router,
        answers.router,
        evaluation.router,
        limits.router,
    ),
    tables=Base.metadata,
    handlers=lambda _context: {
        TenantAccessChanged: apply_access_change,
        AssistantAsked: on_assistant_asked,
        MessageDeleted: on_message_deleted,
    },
    sweeps=lambda context: (abandoned_answers_sweep(), *canary_sweeps(context)),
    loops=_loops,
)


def create_app(settings: AiSettings) -> FastAPI:
    """ai over HTTP."""
    return create_application(SERVICE, settings)
