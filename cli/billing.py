"""`stackpro billing`: what operators bring in line with Stripe."""

import typer
from rich.console import Console

from cli.connections import inside
from cli.errors import fail

app = typer.Typer(help="Bring Stripe in line with the plan catalogue, and billing in line with Stripe.")
OPERATIONS = "/internal/operations"


@app.command()
def push_catalogue() -> None:
    """Make the catalogue's products and prices at Stripe; those that are there stay as they are."""
    with inside() as world:
        made = world.call("billing", "POST", f"{OPERATIONS}/push-catalogue")["prices_made"]
    Console(highlight=False).print(f"{made} new prices at Stripe." if made else "Stripe has every price already.")


@app.command()
def reconcile() -> None:
    """Compare every paying business with Stripe now, and repair what differs."""
    compared, failed, after = 0, 0, None
    with inside() as world:
        while True:
            params = None if after is None else {"after": after}
            done = world.call("billing", "POST", f"{OPERATIONS}/reconcile", params=params)
            compared, failed, after = compared + done["compared"], failed + done["failed"], done["next"]
            if after is None:
                break
    Console(highlight=False).print(f"{compared} compared with Stripe.")
    if failed:
        raise fail(f"{failed} could not be compared; billing's log says why, and they are tried again tonight")
