"""The demo's conversation: a colleague follows an invitation, and the two of them talk."""

import re
import secrets
import time
from typing import Any

import httpx
from rich.console import Console

from cli.connections import Api, running_home
from cli.errors import fail
from libs.common.ids import new_id

WAIT_SECONDS = 30
TITLE = "Spring menu"
LINES = (
    ("owner", "Welcome, Grace! I have put last year's menu into the file portal."),
    ("colleague", "Found it. Shall we keep the rhubarb tart? It was gone by noon every day."),
    ("owner", "Yes, and double it. <@{colleague}>, could you ask the farm for their prices?"),
    ("colleague", "I call them tomorrow morning."),
)


def show_conversation(owner: Api, console: Console) -> tuple[str, str]:
    """Invites a colleague, accepts for them, and lets both write; returns the colleague's e-mail and password."""
    email, password = f"grace-{secrets.token_hex(3)}@example.com", f"quiet harbour lights {secrets.token_hex(2)}"
    owner.call("POST", "/v1/members/invitations", json={"email": email, "role": "member"})
    colleague = Api(owner.client)
    acceptance = {"token": _token_in_mail(email), "full_name": "Grace Hopper", "password": password}
    colleague.token = str(colleague.call("POST", "/v1/auth/invitations/accept", json=acceptance)["access_token"])
    colleague_id = str(colleague.call("GET", "/v1/me")["user"]["id"])
    console.print(f"Grace Hopper followed the invitation in her mail, as [cyan]{email}[/]")
    body = {"kind": "group", "title": TITLE, "member_ids": [colleague_id]}
    conversation = _once_known(owner, body)
    path = f"/v1/conversations/{conversation['id']}/messages"
    for who, text in LINES:
        speaker = owner if who == "owner" else colleague
        message = {"client_message_id": str(new_id()), "text": text.format(colleague=colleague_id)}
        speaker.call("POST", path, json=message)
    console.print(f"They talk in “{TITLE}”, {len(LINES)} messages so far; `stackpro chat` joins them")
    return email, password


def _token_in_mail(email: str) -> str:
    """What stands behind the `#` of the link; it comes with the mail only."""
    url = running_home().endpoints()["mailbox"]
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        mails = httpx.get(f"{url}/messages", params={"to": email}, headers={"Accept": "application/json"}).text
        if found := re.search(r"/invitation/#([\w-]+)", mails):
            return found[1]
        time.sleep(0.2)
    raise fail(f"no invitation came within {WAIT_SECONDS} s")


def _once_known(owner: Api, body: dict[str, Any]) -> dict[str, Any]:
    """Opens the conversation as soon as messaging has heard that the colleague is one of the business."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        answer = owner.client.post("/v1/conversations", json=body, headers=owner.headers())
        if answer.status_code != 422:
            break
        time.sleep(0.2)
    if answer.is_error:
        raise fail(f"the conversation was not opened: {answer.json()['detail']}")
    opened: dict[str, Any] = answer.json()
    return opened
