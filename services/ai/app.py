"""ai: documents that a business adds, and assistants that answer from them."""

from pathlib import Path

from fastapi import FastAPI

from libs.common.access_mode import apply_access_change
from libs.common.application import create_application
from libs.common.service import Service
from libs.contracts.billing import TenantAccessChanged
from services.ai.answers import models as _answer_models  # noqa: F401  # its tables belong to the metadata
from services.ai.assistants import models as _assistant_models  # noqa: F401  # its tables belong to the metadata
from services.ai.base import Base
from services.ai.context import AiContext, open_context
from services.ai.index import models as _index_models  # noqa: F401  # its tables belong to the metadata
from services.ai.knowledge import endpoints as knowledge
from services.ai.limits import endpoints as limits
from services.ai.settings import AiSettings

SERVICE: Service[AiSettings, AiContext] = Service(
    name="ai",
    settings=AiSettings,
    open_context=open_context,
    migrations=Path(__file__).parent / "migrations",
    routers=(knowledge.router, limits.router),
    tables=Base.metadata,
    handlers=lambda _context: {TenantAccessChanged: apply_access_change},
)


def create_app(settings: AiSettings) -> FastAPI:
    """ai over HTTP."""
    return create_application(SERVICE, settings)
