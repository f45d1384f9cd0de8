"""`stackpro keys`: the keys that sign access tokens."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cli.connections import inside

app = typer.Typer(help="Look at, rotate and withdraw the keys that sign access tokens.")
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


def _show(answer: dict[str, Any]) -> None:
    table = Table("key", "state", "signs from", "believed until", box=None, padding=(0, 2, 0, 0))
    for key in answer["items"]:
        until = key["believed_until"]
        table.add_row(key["kid"], key["state"], _moment(key["signs_from"]), _moment(until) if until else "")
    Console(highlight=False).print(table)


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%F %T} UTC"
