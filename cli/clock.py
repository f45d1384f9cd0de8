"""`stackpro clock`: business time of the sandbox, and moving it forward from one due instant to the next."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.connections import Inside, inside, running_home
from cli.dead_letters import bus_settings
from cli.errors import fail
from libs.adapters.bus import open_bus
from libs.common.clock import FileClock
from sandbox.files import write_json
from services.registry import NAMES

app = typer.Typer(help="Business time of the sandbox: trials, invoices and retention follow it.")
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
DRAIN_SECONDS = 60.0
SETTLED_LOOKS = 3


@app.command()
def show() -> None:
    """Show business time and how far it is ahead of real time."""
    now = _clock().now()
    Console(highlight=False).print(f"{now:%F %T} UTC, {_words(now - datetime.now(UTC))} ahead of real time")


@app.command()
def advance(by: Annotated[str, typer.Argument(help="How far, such as 14d, 12h or 30m.")]) -> None:
    """Move business time of the whole platform forward and show what becomes due on the way."""
    console = Console(highlight=False)
    target = _clock().now() + _parse(by)
    with inside() as world:
        _drain(world)
        while (instant := _next_due(world)) is not None and instant <= target:
            _step(world, max(instant, _clock().now()), console)
        _step(world, target, console)
    console.print(f"It is {_clock().now():%F %T} UTC.")


def _step(world: Inside, instant: datetime, console: Console) -> None:
    """Sets the clock to `instant`, lets everything due happen, and waits until the queues are empty."""
    before = _next_due(world)
    offset = (instant - datetime.now(UTC)).total_seconds()
    write_json(running_home().path / "clock.json", {"offset_seconds": offset})
    for event in world.ask("stripe", "POST", "/_sandbox/advance")["happened"]:
        console.print(f"  {_moment(event['at'])}  stripe: {event['what']}")
    _drain(world)
    for service in NAMES:
        handled = world.call(service, "POST", "/internal/operations/sweeps")["handled"]
        for name, count in handled.items():
            if count:
                console.print(f"  {instant:%F %T}  {service}: {name.replace('_', ' ')} ({count})")
    _drain(world)
    if before is not None and before <= instant and _next_due(world) == before:
        raise fail(f"something due at {before:%F %T} does not get done; look into the logs and try again")


def _next_due(world: Inside) -> datetime | None:
    instants = [_parsed(world.ask("stripe", "GET", "/_sandbox/next-due")["next_due"])]
    instants += [_parsed(_pending(world, service)["next_due"]) for service in NAMES]
    return min((instant for instant in instants if instant is not None), default=None)


def _drain(world: Inside) -> None:
    """Waits until nothing is on its way: no webhook, no unpublished event, no message in a queue, three looks long."""
    until = time.monotonic() + DRAIN_SECONDS
    quiet = 0
    while quiet < SETTLED_LOOKS:
        if time.monotonic() > until:
            raise fail("the queues did not become empty within a minute; `stackpro dead-letters list` may tell why")
        quiet = quiet + 1 if _is_idle(world) else 0
        time.sleep(0.1)


def _is_idle(world: Inside) -> bool:
    if world.ask("stripe", "GET", "/_sandbox/next-due")["pending_deliveries"]:
        return False
    if any(_pending(world, service)["outbox"] for service in NAMES):
        return False
    return asyncio.run(_bus_is_empty())


async def _bus_is_empty() -> bool:
    async with open_bus(bus_settings()) as bus:
        depths = [await bus.depth(queue) for queue in await bus.queues()]
    return not any(depth.waiting or depth.in_flight for depth in depths)


def _pending(world: Inside, service: str) -> dict[str, Any]:
    return world.call(service, "GET", "/internal/operations/pending-work")


def _clock() -> FileClock:
    return FileClock(running_home().path / "clock.json")


def _parse(text: str) -> timedelta:
    parts = re.findall(r"(\d+)([dhms])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise fail(f"{text!r} is no span of time; write it like 14d, 12h or 1d12h")
    return timedelta(seconds=sum(int(number) * UNITS[unit] for number, unit in parts))


def _parsed(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%F %T}"


def _words(span: timedelta) -> str:
    seconds = max(0, round(span.total_seconds()))
    return f"{seconds // 86_400} d {seconds % 86_400 // 3_600} h {seconds % 3_600 // 60} min"
