"""auth's worker: outbox, access changes, mails, and the rotation of signing keys."""

from libs.common.worker import run_worker
from services.auth.app import SERVICE
from services.auth.settings import AuthSettings


def run(settings: AuthSettings) -> None:
    """Works in this process until SIGTERM."""
    run_worker(SERVICE, settings)
