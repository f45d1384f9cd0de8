"""The provisioner's worker: outbox, events, welcome mails, and the deployment engine."""

from libs.common.worker import run_worker
from services.provisioner.app import SERVICE
from services.provisioner.settings import ProvisionerSettings


def run(settings: ProvisionerSettings) -> None:
    """Works in this process until SIGTERM."""
    run_worker(SERVICE, settings)
