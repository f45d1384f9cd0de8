"""`stackpro keys`: the keys that sign access tokens, and those that seal the messages of each business."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from cli.connections import inside

app = typer.Typer(help="Look at, rotate and withdraw the keys that sign access tokens, or seal messages.")
messaging = typer.Typer(help="Look at, rotate, disable and destroy the key that seals a business's messages.")
app.add_typer(messaging, name="messaging")
Tenant = Annotated[UUID, typer.Argument(help="The business's id.")]
KEYS = "/internal/operations/signing-keys"


@app.command("list")
def list_keys() -> None:
    """Show the published keys, newest first."""
    with inside() as world:
        _show(world.call("auth", "GET", KEYS))


@app.command()
def rotate() -> None:
    """Publish the next key now; it signs ten minutes later, and nobody is signed out."""
    with inside() as world:
        _show(world.call("auth", "POST", f"{KEYS}/rotate"))


# A key's id is base64url and may begin with a dash, which would read as an option.
@app.command(context_settings={"ignore_unknown_options": True})
def withdraw(kid: Annotated[str, typer.Argument(help="The key's id; it must not sign any more.")]) -> None:
    """Stop believing a retired key: its tokens are refused after ten minutes at the most."""
    with inside() as world:
        _show(world.call("auth", "POST", f"{KEYS}/{kid}/withdraw"))


@messaging.command("show")
def show_messaging_key(tenant: Tenant) -> None:
    """Show how the key of a business stands."""
    _messaging_key("GET", tenant)


@messaging.command("rotate")
def rotate_messaging_key(tenant: Tenant) -> None:
    """Seal what is written from now on with a fresh data key; what was written stays readable."""
    _messaging_key("POST", tenant, "/rotate")


@messaging.command("disable")
def disable_messaging_key(tenant: Tenant) -> None:
    """Make all messages of a business unreadable until its key is enabled; within half a minute everywhere."""
    _messaging_key("POST", tenant, "/disable")


@messaging.command("enable")
def enable_messaging_key(tenant: Tenant) -> None:
    """Make the messages of a business readable again."""
    _messaging_key("POST", tenant, "/enable")


@messaging.command("destroy")
def destroy_messaging_key(
    tenant: Tenant,
    days: Annotated[int, typer.Option(min=7, max=30, help="Days until it cannot be taken back.")] = 30,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make all messages of a business unreadable now, and for good in some days; `keep` takes it back until then."""
    if not yes:
        typer.confirm(f"In {days} days nobody can ever read the messages of {tenant} again. Go on?", abort=True)
    _messaging_key("POST", tenant, "/schedule-destruction", days=str(days))


@messaging.command("keep")
def keep_messaging_key(tenant: Tenant) -> None:
    """Do not destroy the key after all; it stays disabled until `enable`."""
    _messaging_key("POST", tenant, "/cancel-destruction")


def _messaging_key(method: str, tenant: UUID, act: str = "", **params: str) -> None:
    with inside() as world:
        key = world.call("messaging", method, f"/internal/tenants/{tenant}/messaging-key{act}", params=params)
    table = Table("business", "state", "data keys", "newest since", "destroyed at", box=None, padding=(0, 2, 0, 0))
    since, end = (_moment(key[name]) if key[name] else "" for name in ("newest_since", "destroyed_at"))
    table.add_row(key["tenant_id"], key["state"], str(key["data_keys"]), since, end)
    Console(highlight=False).print(table)


def _show(answer: dict[str, Any]) -> None:
    table = Table("key", "state", "signs from", "believed until", box=None, padding=(0, 2, 0, 0))
    for key in answer["items"]:
        until = key["believed_until"]
        table.add_row(key["kid"], key["state"], _moment(key["signs_from"]), _moment(until) if until else "")
    Console(highlight=False).print(table)


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%F %T} UTC"
