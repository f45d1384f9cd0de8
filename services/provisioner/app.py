"""The provisioner: builds the stack of each business on AWS, and keeps it as it should be."""

from pathlib import Path

from fastapi import FastAPI

from libs.common.application import create_application
from libs.common.service import Service
from libs.contracts.provisioner import CALLERS
from services.provisioner.base import Base
from services.provisioner.context import ProvisionerContext, open_context
from services.provisioner.deployments import endpoints as deployments
from services.provisioner.deployments.sweeps import DURATIONS
from services.provisioner.engine.sweeps import REAPER
from services.provisioner.engine_loop import engine_loop
from services.provisioner.hosts import endpoints as hosts
from services.provisioner.hosts.fleet import fleet_sweep
from services.provisioner.mails.sweeps import mail_sweep
from services.provisioner.resources import endpoints as resources
from services.provisioner.settings import ProvisionerSettings
from services.provisioner.stacks import endpoints as stacks
from services.provisioner.stacks.handlers import stack_handlers

SERVICE: Service[ProvisionerSettings, ProvisionerContext] = Service(
    name="provisioner",
    settings=ProvisionerSettings,
    open_context=open_context,
    migrations=Path(__file__).parent / "migrations",
    routers=(deployments.router, stacks.router, resources.router, hosts.router),
    tables=Base.metadata,
    callers={**CALLERS, **resources.DRIFT_CALLERS},
    handlers=stack_handlers,
    sweeps=lambda context: (
        REAPER,
        DURATIONS,
        fleet_sweep(context.fleet, context.database, context.cloud.open, context.tokens_of_hosts),
        mail_sweep(context),
    ),
    loops=lambda context: {"engine": engine_loop(context)},
)


def create_app(settings: ProvisionerSettings) -> FastAPI:
    """The provisioner over HTTP."""
    return create_application(SERVICE, settings)
