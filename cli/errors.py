"""Failures of a command: one line, exit status 1."""

import typer
from rich.console import Console

errors = Console(stderr=True)


def fail(line: str) -> typer.Exit:
    """Shows the line; raise the result."""
    errors.print(f"[bold red]stackpro:[/] {line}", soft_wrap=True, highlight=False)
    return typer.Exit(1)
