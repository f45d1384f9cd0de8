"""`stackpro demo`: performs the main job against the running sandbox and shows it as it happens."""

import secrets
import time
from collections.abc import Callable
from typing import Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from cli.connections import Api, gateway, running_home
from cli.demo_conversation import show_conversation
from cli.demo_knowledge import show_assistant
from cli.deployments import watch
from cli.errors import fail

CARD = {"card_number": "4242424242424242", "exp_month": "12", "exp_year": "2034", "cvc": "123"}
WAIT_SECONDS = 120


def demo() -> None:
    """Sign up, get a trial stack, pay with a test card, watch the stack move to its own host, read the mail,
    talk, and ask an assistant that has read the business's documents."""
    console = Console(highlight=False)
    with gateway() as api:
        email, password = _sign_up(api, console)
        console.print("\n[bold]2. A trial stack on a shared host[/]")
        _watch(api, _deployment(api, "create"), console)
        _show_stack(api, console)
        _pay(api, console)
        console.print("\n[bold]4. Conversion to a dedicated host, with all data[/]")
        _watch(api, _deployment(api, "convert"), console)
        _show_stack(api, console)
        _show_mail(email, console)
        console.print("\n[bold]6. A conversation[/]")
        colleague, colleague_password = show_conversation(api, console)
        console.print("\n[bold]7. An assistant that knows the business[/]")
        show_assistant(api, console)
    console.print(f"\nSign in as [cyan]{email}[/] with the password [cyan]{password}[/],")
    console.print(f"or as [cyan]{colleague}[/] with [cyan]{colleague_password}[/].")


def _sign_up(api: Api, console: Console) -> tuple[str, str]:
    email, password = f"demo-{secrets.token_hex(3)}@example.com", f"three calm otters {secrets.token_hex(2)}"
    console.print("[bold]1. Sign-up[/]")
    body = {"email": email, "password": password, "full_name": "Ada Lovelace", "company": "Bäcker & Söhne"}
    answer = api.call("POST", "/v1/auth/signup", json=body)
    api.token = answer["access_token"]
    console.print(f"{answer['tenant']['name']} is [cyan]{answer['tenant']['slug']}[/]")
    return email, password


def _watch(api: Api, deployment_id: str, console: Console) -> None:
    if watch(api, deployment_id, console)["status"] != "succeeded":
        raise typer.Exit(1)


def _deployment(api: Api, kind: str) -> str:
    """The id of the newest deployment of `kind`, as soon as there is one."""

    def look() -> str | None:
        items = api.call("GET", "/v1/deployments")["items"]
        return next((str(one["id"]) for one in items if one["kind"] == kind), None)

    return str(_until(look, f"no deployment of kind {kind} began"))


def _pay(api: Api, console: Console) -> None:
    console.print("\n[bold]3. Payment[/]")
    plan = next(one for one in api.call("GET", "/v1/billing/plans")["items"] if one["price"]["amount"] > 0)
    checkout = api.call("POST", "/v1/billing/checkout", json={"plan": plan["id"], "interval": "month"})
    response = httpx.post(f"{checkout['url']}/pay", data=CARD)
    if response.status_code != 303:
        raise fail(f"the payment was answered with {response.status_code}")
    price = plan["price"]
    console.print(f"Paid {price['amount'] / 100:.2f} {price['currency'].upper()} for {plan['name']} with a test card")


def _show_stack(api: Api, console: Console) -> None:
    stack = api.call("GET", "/v1/dashboard")["stack"]
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, one in stack["apps"].items():
        colour = "green" if one["status"] == "healthy" else "yellow"
        table.add_row(name, f"[{colour}]{one['status']}[/]", one["url"])
    console.print(f"On a {stack['host_kind']} host:")
    console.print(table)


def _show_mail(email: str, console: Console) -> None:
    url = running_home().endpoints()["mailbox"]

    def look() -> dict[str, Any] | None:
        mails = httpx.get(f"{url}/messages", headers={"Accept": "application/json"}).json()
        return next((mail for mail in mails if email in str(mail["to"])), None)

    mail = _until(look, "no mail came")
    console.print(f"\n[bold]5. Mail[/]\n“{mail['subject']}” is in the mailbox at {url}")


def _until(look: Callable[[], Any], failure: str) -> Any:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.2)
    raise fail(f"{failure} within {WAIT_SECONDS} s")
