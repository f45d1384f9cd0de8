"""The `stackpro` command: every subcommand in one place, loaded when it is asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

COMMANDS: Mapping[str, str] = {
    "up": "cli.up:up",
    "status": "cli.status:status",
    "demo": "cli.demo:demo",
    "chat": "cli.chat:chat",
    "serve": "cli.processes:serve",
    "work": "cli.processes:work",
    "migrate": "cli.processes:migrate",
    "deployments": "cli.deployments:app",
    "clock": "cli.clock:app",
    "dead-letters": "cli.dead_letters:app",
    "keys": "cli.keys:app",
    "stripe-events": "cli.stripe_events:app",
    "billing": "cli.billing:app",
    "ai": "cli.ai:app",
}


class Commands(TyperGroup):
    """Loads one subcommand: all of them, with the services that some measure or run, take seconds."""

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order in which the help shows them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The subcommand, or None if there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        if not isinstance(found, typer.Typer):
            single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            single.command(cmd_name)(found)
            return get_command(single)
        group = get_group(found)
        group.name = cmd_name
        return group


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def stackpro() -> None:
    """Runs, watches and tries the StackPro platform."""
