"""ai's worker: outbox, events, and the ingestion of documents."""

from libs.common.worker import run_worker
from services.ai.app import SERVICE
from services.ai.settings import AiSettings


def run(settings: AiSettings) -> None:
    """Works in this process until SIGTERM."""
    run_worker(SERVICE, settings)
