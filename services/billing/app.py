"""billing: plans, trials, payment and what a tenant may do because of them."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI

from libs.common.application import create_application
from libs.common.service import Loop, Service
from libs.contracts.billing import CALLERS
from services.billing.base import Base
from services.billing.checkout import endpoints as checkout
from services.billing.context import BillingContext, open_context
from services.billing.entitlements import endpoints as entitlements
from services.billing.entitlements.handlers import usage_handlers
from services.billing.mails.sweeps import mail_sweep
from services.billing.operations import endpoints as operations
from services.billing.plans import endpoints as plans
from services.billing.plans.loop import push_loop
from services.billing.settings import BillingSettings
from services.billing.subscriptions import endpoints as subscriptions
from services.billing.subscriptions import internal_endpoints
from services.billing.subscriptions.sweeps import reconciliation_sweep
from services.billing.trials.handlers import trial_handlers
from services.billing.trials.sweeps import trial_sweep
from services.billing.webhooks import endpoints as webhooks
from services.billing.webhooks.loop import stripe_event_loop
from services.billing.webhooks.sweeps import stripe_event_sweep


def _loops(context: BillingContext) -> Mapping[str, Loop]:
    loops = {"stripe_events": stripe_event_loop(context)}
    if context.settings.push_catalogue_at_start:
        loops["push_catalogue"] = push_loop(context)
    return loops


SERVICE: Service[BillingSettings, BillingContext] = Service(
    name="billing",
    settings=BillingSettings,
    open_context=open_context,
    migrations=Path(__file__).parent / "migrations",
    routers=(
        plans.router,
        checkout.router,
        subscriptions.router,
        entitlements.router,
        webhooks.router,
        internal_endpoints.router,
        operations.router,
    ),
    tables=Base.metadata,
    callers={**CALLERS, **operations.OPERATOR_CALLERS},
    handlers=lambda context: {**trial_handlers(context), **usage_handlers(context)},
    sweeps=lambda context: (
        trial_sweep(context),
        stripe_event_sweep(context),
        mail_sweep(context),
        reconciliation_sweep(context),
    ),
    loops=_loops,
)


def create_app(settings: BillingSettings) -> FastAPI:
    """billing over HTTP."""
    return create_application(SERVICE, settings)
