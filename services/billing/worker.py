"""billing's worker: outbox, events, Stripe's events, trials, mails and the nightly comparison."""

from libs.common.worker import run_worker
from services.billing.app import SERVICE
from services.billing.settings import BillingSettings


def run(settings: BillingSettings) -> None:
    """Works in this process until SIGTERM."""
    run_worker(SERVICE, settings)
