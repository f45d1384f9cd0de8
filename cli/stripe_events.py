"""`stackpro stripe-events`: what Stripe told and billing could not work off."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.connections import inside

app = typer.Typer(help="Look after Stripe's events that billing could not work off.")
EVENTS = "/internal/operations/stripe-events"


@app.command("list")
def list_events() -> None:
    """Show how many events there are by state, and those that failed."""
    console = Console(highlight=False)
    with inside() as world:
        report = world.call("billing", "GET", EVENTS)
    counts = ", ".join(f"{count} {status}" for status, count in sorted(report["counts"].items()))
    console.print(counts or "Stripe has told nothing yet.")
    table = Table("id", "type", "status", "tries", "received", "why", box=None, padding=(0, 2, 0, 0))
    for one in report["items"]:
        received = f"{datetime.fromisoformat(one['received_at']):%F %T}"
        table.add_row(one["id"], one["type"], one["status"], str(one["attempts"]), received, one["outcome"])
    console.print(table if table.row_count else "None is in trouble.")


@app.command()
def retry(event_ids: Annotated[list[str] | None, typer.Argument(help="Ids; all without them.")] = None) -> None:
    """Work off events again that were given up."""
    with inside() as world:
        params = {"event_id": event_ids} if event_ids else None
        count = world.call("billing", "POST", f"{EVENTS}/retry", params=params)["retried"]
    Console(highlight=False).print(f"{count} will be worked off again." if count else "None of them was given up.")
