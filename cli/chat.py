"""`stackpro chat`: conversations in a terminal, over the same socket as the web app; to try it and to debug it."""

import asyncio
from typing import Annotated

import typer

Email = Annotated[str | None, typer.Option(help="Who talks.", envvar="STACKPRO_EMAIL")]
Password = Annotated[str | None, typer.Option(help="Their password.", envvar="STACKPRO_PASSWORD", hidden=True)]
Token = Annotated[str | None, typer.Option(help="An access token instead.", envvar="STACKPRO_TOKEN")]


def chat(
    conversation: Annotated[str | None, typer.Argument(help="Id or title; without it, all are listed.")] = None,
    email: Email = None,
    password: Password = None,
    token: Token = None,
) -> None:
    """Talk in a conversation: lines that you type are sent, what others write appears. Ctrl-D ends."""
    from cli.conversing import Session, converse  # noqa: PLC0415 - only messaging's image has the package for sockets

    if token is None:
        email = email or typer.prompt("E-mail")
        password = password or typer.prompt("Password", hide_input=True)
    asyncio.run(converse(conversation, Session(token, email, password)))
