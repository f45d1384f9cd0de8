"""`stackpro chat` shows what is there, sends what is typed, and says what is wrong in one line."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx

from libs.contracts.auth import MemberChanged
from services.messaging.members.handlers import on_member_changed
from tests.support.services import Services
from tests.support.tenants import new_tenant


async def test_a_line_that_is_typed_is_sent_and_shown(services: Services, home: Path) -> None:
    tenant = await new_tenant(services)
    event = MemberChanged(tenant_id=tenant.id, user_id=tenant.owner, role="owner", active=True, version=1)
    async with services.messaging.database.tenant_session(tenant.id) as session:
        await on_member_changed(session, event)
    headers = tenant.member()
    token = headers["Authorization"].removeprefix("Bearer ")
    async with httpx.AsyncClient(base_url=services.urls["gateway"], headers=headers) as client:
        made = await client.post("/v1/conversations", json={"kind": "group", "title": "Kitchen [bold]"})
        assert made.status_code == 201, made.text
        listed = await chat(home, token)
        talked = await chat(home, token, made.json()["id"], said="Guten Tag\n")
        history = await client.get(f"/v1/conversations/{made.json()['id']}/messages")
        missing = await chat(home, token, "Nowhere")
    assert made.json()["id"] in listed
    assert "Kitchen [bold]" in listed
    assert [one["text"] for one in history.json()["items"]] == ["Guten Tag"]
    assert "connecting" in talked
    assert "there is no conversation 'Nowhere' among yours" in missing


async def chat(home: Path, token: str, *arguments: str, said: str = "") -> str:
    """What the command printed; it ends with its input."""
    environment = {**os.environ, "STACKPRO_HOME": str(home), "STACKPRO_TOKEN": token, "COLUMNS": "200"}

    def run() -> str:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "chat", *arguments],
            env=environment,
            input=said,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout + done.stderr

    return await asyncio.to_thread(run)
