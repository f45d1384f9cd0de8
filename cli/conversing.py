"""What `stackpro chat` does: shows a conversation as it goes on, and sends what is typed."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.connections import running_home, words
from cli.errors import fail
from cli.realtime_client import RealtimeClient, SendRefused, State
from services.messaging.realtime.closing import Closing
from services.messaging.realtime.frames import Error, Event, FromServer, OthersTyping, Resync, Unsubscribed

HISTORY = 20
RENEW_SECONDS = 90
STATES = {"connecting": "[yellow]connecting …[/]", "open": "[green]connected[/]", "closed": "[red]closed[/]"}


@dataclass
class Session:
    """A person at the gateway; the access token is renewed before it ends, unless one was given."""

    token: str | None
    email: str | None
    password: str | None
    client: httpx.AsyncClient = field(default_factory=httpx.AsyncClient)
    refresh_token: str | None = None
    renew_at: float = float("inf")

    async def access_token(self) -> str:
        """A token that holds for a while."""
        if self.token is None:
            self._take(await self._post("/v1/auth/login", {"email": self.email, "password": self.password}))
        elif time.time() > self.renew_at:
            self._take(await self._post("/v1/auth/refresh", {"refresh_token": self.refresh_token}))
        return self.token or ""

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        """The answer to a question over HTTP."""
        headers = {"Authorization": f"Bearer {await self.access_token()}"}
        return _answer(await self.client.get(path, params=query, headers=headers))

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return _answer(await self.client.post(path, json=body))

    def _take(self, answer: dict[str, Any]) -> None:
        self.token, self.refresh_token = str(answer["access_token"]), answer["refresh_token"]
        self.renew_at = time.time() + answer["expires_in"] - RENEW_SECONDS


class Screen:
    """Shows what the client tells. `resyncs` wakes whoever fetches the history anew."""

    def __init__(self, console: Console, names: dict[str, str], own: str) -> None:
        self._console = console
        self._names = names
        self._own = own
        self._typing_until: dict[str, float] = {}
        self.resyncs = asyncio.Event()

    def name(self, user_id: object) -> str:
        """A person's name, or the beginning of their id."""
        shown = self._names.get(str(user_id), str(user_id)[-8:])
        return f"[bold {'green' if str(user_id) == self._own else 'cyan'}]{escape(shown)}[/]"

    def message(self, sender_id: object, at: str, text: str | None, *, note: str = "") -> None:
        """One message in a line."""
        said = "[dim](cannot be read any more)[/]" if text is None else escape(text)
        self._console.print(f"[dim]{at[11:16]}[/] {self.name(sender_id)} {said}{note}", soft_wrap=True)

    def note(self, text: str) -> None:
        """What is no message."""
        self._console.print(f"[dim]      {text}[/]", soft_wrap=True)

    def state(self, state: State, closing: Closing | None) -> None:
        why = "" if closing is None else f" ({closing.code} {closing.name}: {closing.meaning})"
        self.note(STATES.get(state, "[yellow]not connected, trying again …[/]") + escape(why))

    def event(self, event: Event) -> None:
        data, who = event.data, self.name(event.actor_id)
        at = event.at.isoformat()
        match event.kind:
            case "message.created":
                self.message(data["sender_id"], at, data.get("text"))
            case "message.edited":
                self.message(event.actor_id, at, data.get("text"), note=" [dim](edited)[/]")
            case "message.deleted":
                self.note(f"{who} deleted a message")
            case "reaction.added":
                self.note(f"{who} reacted with {data['emoji']}")
            case "member.added" | "member.removed":
                self.note(f"{self.name(data['user_id'])} {'came' if event.kind.endswith('added') else 'left'}")
            case "conversation.renamed":
                self.note(f"{who} named the conversation {escape(str(data.get('text')))}")

    def resync(self, frame: Resync) -> None:
        self.note("too much was missed; here is the newest:")
        self.resyncs.set()

    def told(self, frame: FromServer) -> None:
        if isinstance(frame, OthersTyping):
            if time.time() > self._typing_until.get(str(frame.user_id), 0):
                self.note(f"{self.name(frame.user_id)} is typing …")
            self._typing_until[str(frame.user_id)] = time.time() + 6
        elif isinstance(frame, Unsubscribed):
            self.note("you are not in this conversation any more")
        elif isinstance(frame, Error):
            self.note(f"[red]{escape(frame.detail)}[/] ({frame.code})")


async def converse(wanted: str | None, session: Session) -> None:
    """Talks in the wanted conversation, or lists those that there are."""
    console = Console(highlight=False)
    session.client = httpx.AsyncClient(base_url=running_home().endpoints()["gateway"], timeout=30)
    async with session.client:
        me = (await session.get("/v1/me"))["user"]
        names = {one["user_id"]: one["full_name"] for one in (await session.get("/v1/members", limit=100))["items"]}
        conversation = await _choose(wanted, session, console, names)
        if conversation is None:
            return
        screen = Screen(console, names, str(me["id"]))
        address = f"{str(session.client.base_url).rstrip('/').replace('http', 'ws', 1)}/v1/realtime"
        client = RealtimeClient(address, session.access_token, screen)
        page = await _show_history(session, screen, conversation["id"])
        await client.follow(UUID(conversation["id"]), epoch=UUID(page["epoch"]), seq=page["seq"])
        await _talk(client, session, screen, UUID(conversation["id"]))


async def _talk(client: RealtimeClient, session: Session, screen: Screen, conversation_id: UUID) -> None:
    """Until the input ends, or the server says not to come back."""

    async def fetch_anew() -> None:
        while True:
            await screen.resyncs.wait()
            screen.resyncs.clear()
            await _show_history(session, screen, str(conversation_id))

    async def send_lines() -> None:
        async for line in _lines():
            try:
                await client.send(conversation_id, line)
            except SendRefused as refused:
                screen.note(f"[red]{escape(str(refused))}[/] ({refused.code})")

    tasks = [asyncio.ensure_future(one) for one in (client.run(), fetch_anew(), send_lines())]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()


async def _choose(
    wanted: str | None, session: Session, console: Console, names: dict[str, str]
) -> dict[str, Any] | None:
    """The conversation that was named; where none was, shows which there are."""
    conversations = (await session.get("/v1/conversations", limit=50))["items"]
    for one in conversations:
        if wanted is not None and wanted in {one["id"], one["title"]}:
            found: dict[str, Any] = one
            return found
    table = Table("id", "kind", "title or people", "unread", box=None, padding=(0, 2, 0, 0))
    for one in conversations:
        people = ", ".join(names.get(user_id, user_id[-8:]) for user_id in one["member_ids"])
        table.add_row(one["id"], one["kind"], escape(one["title"] or people), str(one["unread"] or ""))
    console.print(table if conversations else "There is no conversation yet.")
    if wanted is not None:
        raise fail(f"there is no conversation {wanted!r} among yours")
    return None


async def _show_history(session: Session, screen: Screen, conversation_id: str) -> dict[str, Any]:
    page = await session.get(f"/v1/conversations/{conversation_id}/messages", limit=HISTORY)
    for one in page["items"]:
        if one["deleted_at"] is None:
            screen.message(one["sender_id"], one["created_at"], one["text"])
    return page


async def _lines() -> AsyncIterator[str]:
    """What is typed, line by line, without holding up what arrives meanwhile."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        if text := line.decode(errors="replace").strip():
            yield text


def _answer(response: httpx.Response) -> dict[str, Any]:
    if response.is_error:
        raise fail(words(response))
    answer: dict[str, Any] = response.json()
    return answer
