"""Runs the command as `python -m cli`."""

from cli.main import app

app(prog_name="stackpro")
