"""`stackpro status`: how the running sandbox is."""

from rich.console import Console
from rich.table import Table

from cli.connections import gateway, running_home

COLOURS = {"ok": "green", "ready": "green", "degraded": "yellow"}


def status() -> None:
    """Show where everything is and how it is."""
    console = Console(highlight=False)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, url in running_home().endpoints().items():
        table.add_row(name, _without_password(url))
    console.print(table)
    with gateway() as api:
        response = api.client.get("/health")
        health = response.json()
    console.print(f"\nplatform: {_coloured(str(health.get('status')))}")
    for name, state in _states(health):
        console.print(f"  {name:<14}{_coloured(state)}")


def _states(health: dict[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for group in ("services", "dependencies"):
        parts = health.get(group)
        if isinstance(parts, dict):
            found.extend((str(name), _state(part)) for name, part in parts.items())
    return found


def _state(part: object) -> str:
    return str(part.get("status", part)) if isinstance(part, dict) else str(part)


def _coloured(state: str) -> str:
    return f"[{COLOURS.get(state, 'red')}]{state}[/]"


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
