"""`stackpro serve`, `work` and `migrate`: one service as one process, its settings from the environment."""

import asyncio
from typing import Annotated, Any

import typer
import uvloop
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from cli.errors import fail
from libs.adapters.bus.schema import prepare_bus_database
from libs.common.application import create_application
from libs.common.migrations.preparation import RolePasswords, prepare_database, prepare_roles
from libs.common.migrations.runner import migrate as migrate_database
from libs.common.serve import listening_socket
from libs.common.serve import serve as serve_application
from libs.common.service import Service
from libs.common.settings import load_settings
from libs.common.telemetry import configure_logging, configure_tracing
from libs.common.worker import run_worker

BUS = "bus"
ServiceName = Annotated[str, typer.Argument(help="auth, billing, provisioner; serve knows gateway too")]


class MigrationSettings(BaseSettings):
    """Where the schema is brought up to date; with an administrator, database and logins are made first."""

    model_config = SettingsConfigDict(env_prefix="STACKPRO_", extra="ignore", frozen=True)

    database_owner_url: SecretStr = Field(description="`postgresql+asyncpg://` URL of the login that owns the schema.")
    database_admin_url: SecretStr | None = Field(
        default=None, description="`postgresql://` URL of who may make roles and databases; made only where given."
    )
    database_owner_password: SecretStr | None = Field(default=None, description="Password of the owner to be made.")
    database_app_password: SecretStr | None = Field(default=None, description="Password of the application's login.")
    database_system_password: SecretStr | None = Field(default=None, description="Password of the system login.")


def serve(
    name: ServiceName,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve one service over HTTP until SIGTERM."""
    if name == "gateway":
        _serve_gateway(host, port)
        return
    service = _service(name)
    settings = load_settings(service.settings)
    configure_logging(name, level=settings.log_level)
    configure_tracing(name, endpoint=settings.otlp_endpoint)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        application = create_application(service, settings)
        listener = listening_socket(host, port)
        runner.run(serve_application(application, listener, drain_seconds=settings.drain_seconds))


def _serve_gateway(host: str, port: int) -> None:
    from services.gateway.app import create_app  # noqa: PLC0415 - the other services run without its packages
    from services.gateway.settings import GatewaySettings  # noqa: PLC0415 - see above

    settings = load_settings(GatewaySettings)
    configure_logging("gateway", level=settings.log_level)
    configure_tracing("gateway", endpoint=settings.otlp_endpoint)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        listener = listening_socket(host, port)
        application = create_app(settings)
        runner.run(serve_application(application, listener, drain_seconds=settings.drain_seconds, public=True))


def work(name: ServiceName) -> None:
    """Work for one service: outbox, events, sweeps and its own loops, until SIGTERM."""
    service = _service(name)
    run_worker(service, load_settings(service.settings))


def migrate(
    name: Annotated[str, typer.Argument(help="auth, billing, provisioner; or bus, for its form on PostgreSQL")],
) -> None:
    """Bring one database to its newest schema; makes it first where an administrator is given."""
    service = None if name == BUS else _service(name)
    settings = load_settings(MigrationSettings)
    asyncio.run(_migrate(name, service, settings))


async def _migrate(name: str, service: "Service[Any, Any] | None", settings: MigrationSettings) -> None:
    if settings.database_admin_url is not None:
        admin = settings.database_admin_url.get_secret_value()
        await prepare_roles(admin, name, _passwords(settings))
        await prepare_database(admin, name)
    owner = settings.database_owner_url.get_secret_value()
    if service is None:
        await prepare_bus_database(owner.replace("+asyncpg", "", 1))
    else:
        await migrate_database(service.migrations, owner)


def _passwords(settings: MigrationSettings) -> RolePasswords:
    given = (settings.database_owner_password, settings.database_app_password, settings.database_system_password)
    owner, app, system = (None if secret is None else secret.get_secret_value() for secret in given)
    if not (owner and app and system):
        raise fail(
            "set STACKPRO_DATABASE_OWNER_PASSWORD, STACKPRO_DATABASE_APP_PASSWORD and "
            "STACKPRO_DATABASE_SYSTEM_PASSWORD to make the logins"
        )
    return RolePasswords(owner=owner, app=app, system=system)


def _service(name: str) -> "Service[Any, Any]":
    from services.registry import load_service  # noqa: PLC0415 - each image holds the packages of one service

    try:
        return load_service(name)
    except LookupError:
        raise fail(
            f"there is no service {name!r}; there are auth, billing, provisioner and, to serve, gateway"
        ) from None
