"""messaging's worker: outbox, events, and the relay that carries what was written to the open sockets."""

from libs.common.worker import run_worker
from services.messaging.app import SERVICE
from services.messaging.settings import MessagingSettings


def run(settings: MessagingSettings) -> None:
    """Works in this process until SIGTERM."""
    run_worker(SERVICE, settings)
