"""`stackpro up`: starts the sandbox and stays in front of it."""

import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from cli.errors import fail
from cli.settings import CliSettings
from sandbox.children import Progress
from sandbox.errors import SandboxError, StartFailed
from sandbox.up import run_sandbox
from sandbox.web.build import FRONTEND, CannotBuild, is_built

if TYPE_CHECKING:
    from sandbox.world import World


def up() -> None:
    """Start the whole platform on this machine; Ctrl-C stops it."""
    settings = CliSettings()
    console = Console(highlight=False)
    started = monotonic()
    console.print("Starting StackPro ...")

    def show(progress: Progress) -> None:
        if progress.state == "ready" and sys.stdout.isatty():
            console.print(f"  [green]✓[/] {progress.name} [dim]{progress.seconds:.1f} s[/]")
        elif progress.state == "crashed":
            console.print(f"  [yellow]![/] {progress.name} {progress.detail}")

    frontend = _built_frontend(settings.frontend or FRONTEND, console)

    def announce(world: "World") -> None:
        console.print(addresses(world))
        console.print(
            f"Up in {monotonic() - started:.1f} s. Try [bold].venv/bin/stackpro demo[/] in another terminal; "
            f"logs are in {world.home.logs}. Ctrl-C stops everything."
        )

    try:
        run_sandbox(
            settings.open_home(),
            port=settings.port,
            web_port=settings.web_port,
            frontend=frontend,
            web_port_is_wanted="web_port" in settings.model_fields_set,
            on_progress=show,
            on_up=announce,
        )
    except StartFailed as error:
        if error.log_tail:
            console.print(error.log_tail, style="dim")
        raise fail(str(error)) from None
    except SandboxError as error:
        raise fail(str(error)) from None
    console.print("Stopped.")


def _built_frontend(frontend: Path, console: Console) -> Path | None:
    """The folder, if the web app in it is built from its present sources; else one line that says what to do."""
    try:
        if is_built(frontend):
            return frontend
        console.print("Without the web app: it is not built; [bold]make web[/] builds it.")
    except CannotBuild as error:
        console.print(f"Without the web app. {error}")
    return None


def addresses(world: "World") -> Table:
    """Where things are, for people."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    web = [("Web app", world.web_url, "sign up here")] if world.frontend else []
    for name, url, what in (
        *web,
        ("API", world.gateway_url, "documentation under /docs"),
        ("Mailbox", world.url("mailbox"), "every mail that the platform sends"),
        ("Stripe sandbox", world.url("stripe"), "customers, subscriptions, events"),
    ):
        table.add_row(name, f"[cyan]{url}[/]", f"[dim]{what}[/]")
    return table
