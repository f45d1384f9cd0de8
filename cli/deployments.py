"""`stackpro deployments`: the deployments of one business, also live."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from cli.connections import Api, gateway

app = typer.Typer(help="Look at deployments. Sign in with --email (the password is asked for), or set STACKPRO_TOKEN.")
Email = Annotated[str | None, typer.Option(help="Who asks.", envvar="STACKPRO_EMAIL")]
Password = Annotated[str | None, typer.Option(help="Their password.", envvar="STACKPRO_PASSWORD", hidden=True)]
Token = Annotated[str | None, typer.Option(help="An access token instead.", envvar="STACKPRO_TOKEN")]
COLOURS = {
    "succeeded": "green",
    "done": "green",
    "running": "cyan",
    "waiting": "cyan",
    "queued": "dim",
    "pending": "dim",
}


@app.command("list")
def list_deployments(email: Email = None, password: Password = None, token: Token = None) -> None:
    """Show the newest deployments."""
    table = Table("id", "kind", "status", "done", "since", box=None, padding=(0, 2, 0, 0))
    with gateway() as api:
        _sign_in(api, email, password, token)
        for one in api.call("GET", "/v1/deployments")["items"]:
            table.add_row(
                one["id"], one["kind"], coloured(one["status"]), f"{one['progress']} %", one["created_at"][:19]
            )
    Console(highlight=False).print(table)


@app.command()
def show(
    deployment_id: Annotated[str, typer.Argument(help="The deployment's id.")],
    email: Email = None,
    password: Password = None,
    token: Token = None,
) -> None:
    """Show one deployment with its phases and steps."""
    console = Console(highlight=False)
    with gateway() as api:
        _sign_in(api, email, password, token)
        one = api.call("GET", f"/v1/deployments/{deployment_id}")
    console.print(f"{one['kind']} {coloured(one['status'])} {one['progress']} %  {one['message']}")
    for phase in one["phases"]:
        console.print(f"\n[bold]{phase['name']}[/] {coloured(phase['status'])}")
        for step in phase["steps"]:
            why = (step.get("error") or {}).get("message") or step.get("reason") or ""
            console.print(f"  {step['name']:<24}{coloured(step['status'])}  [dim]{why}[/]")


@app.command()
def follow(
    deployment_id: Annotated[str, typer.Argument(help="The deployment's id.")],
    email: Email = None,
    password: Password = None,
    token: Token = None,
) -> None:
    """Show a deployment as it happens, until it ends."""
    with gateway() as api:
        _sign_in(api, email, password, token)
        last = watch(api, deployment_id, Console(highlight=False))
    if last["status"] != "succeeded":
        raise typer.Exit(1)


def watch(api: Api, deployment_id: str, console: Console) -> dict[str, Any]:
    """Draws a bar for each phase until the deployment has ended; returns it as it ended."""
    bars = Progress(TextColumn("{task.description:<14}"), BarColumn(32), TextColumn("{task.fields[note]}"))
    rows: dict[str, Any] = {}

    def draw() -> dict[str, Any]:
        one = api.call("GET", f"/v1/deployments/{deployment_id}")
        for phase in one["phases"]:
            steps = phase["steps"]
            done = sum(step["status"] == "done" for step in steps)
            row = rows.setdefault(phase["name"], bars.add_task(phase["name"], total=max(1, len(steps)), note=""))
            now = next((step["name"] for step in steps if step["status"] in {"running", "waiting"}), "")
            note = now or ("" if phase["status"] == "pending" else coloured(phase["status"]))
            bars.update(row, completed=done if steps else 1, note=note)
        return one

    # Without a terminal nothing is redrawn, and only the end is told.
    with Live(bars, console=console, refresh_per_second=12) if console.is_terminal else nullcontext():
        draw()
        for _ in events(api, deployment_id):
            draw()
        one = draw()
    console.print(f"{coloured(one['status'])}: {one['message']}")
    return one


def events(api: Api, deployment_id: str) -> Iterator[str]:
    """The kinds of the deployment's events, live; a connection that breaks is taken up where it ended."""
    last = "0"
    while True:
        headers = api.headers() | {"Last-Event-ID": last}
        try:
            with api.client.stream(
                "GET", f"/v1/deployments/{deployment_id}/events", headers=headers, timeout=httpx.Timeout(30, read=60)
            ) as response:
                response.raise_for_status()
                for kind, number in _parsed(response.iter_lines()):
                    last = number or last
                    yield kind
                    if kind in {"end", "reauthenticate"}:
                        return
        except (httpx.ReadError, httpx.RemoteProtocolError, httpx.ReadTimeout):
            continue


def _parsed(lines: Iterator[str]) -> Iterator[tuple[str, str | None]]:
    kind, number = "message", None
    for line in lines:
        if line.startswith("event:"):
            kind = line[6:].strip()
        elif line.startswith("id:"):
            number = line[3:].strip()
        elif not line:
            yield kind, number
            kind, number = "message", None


def coloured(status: str) -> str:
    """The status in its colour, for rich."""
    return f"[{COLOURS.get(status, 'yellow')}]{status}[/]"


def _sign_in(api: Api, email: str | None, password: str | None, token: str | None) -> None:
    if token is not None:
        api.token = token
        return
    email = email or typer.prompt("E-mail")
    api.sign_in(email, password or typer.prompt("Password", hide_input=True))
