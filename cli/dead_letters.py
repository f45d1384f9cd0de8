"""`stackpro dead-letters`: messages that could not be applied after five tries."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from rich.console import Console
from rich.table import Table

from cli.errors import fail
from cli.settings import CliSettings
from libs.adapters.bus import Bus, BusError, BusSettings, LocalBusSettings, open_bus
from libs.common.settings import load_settings
from sandbox.files import read_json

app = typer.Typer(help="Look into and redrive dead letters, of the sandbox or of the bus that STACKPRO_BUS__… names.")
Queue = Annotated[str, typer.Argument(help="The queue, which is named after its service.")]
Result = TypeVar("Result")


class BusOnly(BaseSettings):
    """The bus, from the environment."""

    model_config = SettingsConfigDict(env_prefix="STACKPRO_", env_nested_delimiter="__", extra="ignore", frozen=True)

    bus: BusSettings


@app.command("list")
def list_dead_letters(queue: Annotated[str | None, typer.Argument(help="One queue; all without it.")] = None) -> None:
    """Show what lies in the dead-letter queues."""

    async def read(bus: Bus) -> Table:
        table = Table("queue", "id", "type", "sent", "receives", box=None, padding=(0, 2, 0, 0))
        for name in [queue] if queue else await bus.queues():
            for letter in await bus.list_dead_letters(name):
                table.add_row(name, letter.id, letter.type, f"{letter.sent_at:%F %T}", str(letter.receive_count))
        return table

    table = _with_bus(read)
    Console(highlight=False).print(table if table.row_count else "There are no dead letters.")


@app.command()
def show(queue: Queue, letter_id: Annotated[str, typer.Argument(help="The dead letter's id.")]) -> None:
    """Show one dead letter whole."""
    letter = _with_bus(lambda bus: bus.read_dead_letter(queue, letter_id))
    console = Console(highlight=False)
    console.print(f"{letter.type} sent {letter.sent_at:%F %T}, received {letter.receive_count} times")
    console.print_json(letter.body)


@app.command()
def redrive(
    queue: Queue, letter_ids: Annotated[list[str] | None, typer.Argument(help="Ids; all without them.")] = None
) -> None:
    """Send dead letters back to their queue, to be applied again."""
    count = _with_bus(lambda bus: bus.redrive(queue, letter_ids or None))
    Console(highlight=False).print(f"{count} sent back to {queue}.")


def _with_bus(act: Callable[[Bus], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with open_bus(bus_settings()) as bus:
            return await act(bus)

    try:
        return asyncio.run(run())
    except BusError as error:
        raise fail(error.detail) from None


def bus_settings() -> BusSettings:
    """The bus of the sandbox in STACKPRO_HOME, else the one in the environment."""
    home = CliSettings().open_home()
    secrets, ports = read_json(home.path / "secrets.json"), read_json(home.path / "ports.json")
    if "postgres.bus.owner" in secrets:
        password = secrets["postgres.bus.owner"]
        return LocalBusSettings(dsn=SecretStr(f"postgresql://bus_owner:{password}@127.0.0.1:{ports['postgres']}/bus"))
    return load_settings(BusOnly).bus
