"""The `stackpro` command: every subcommand in one place."""

import typer

from cli import ai, billing, clock, dead_letters, deployments, keys, processes, stripe_events
from cli.chat import chat
from cli.demo import demo
from cli.status import status
from cli.up import up

app = typer.Typer(
    help="Runs, watches and tries the StackPro platform.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.command()(up)
app.command()(status)
app.command()(demo)
app.command()(chat)
app.command()(processes.serve)
app.command()(processes.work)
app.command()(processes.migrate)
app.add_typer(deployments.app, name="deployments")
app.add_typer(clock.app, name="clock")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(keys.app, name="keys")
app.add_typer(stripe_events.app, name="stripe-events")
app.add_typer(billing.app, name="billing")
app.add_typer(ai.app, name="ai")
