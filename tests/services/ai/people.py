"""People of a business who use ai over HTTP, in tests: what they do in words of the field, and what the API answers."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select, update

from libs.common.audit import UsageRecorded
from libs.common.ids import new_id
from libs.common.platform_tables import OutboxRow
from libs.common.sweeps import Sweep, run_sweep
from services.ai.context import AiContext
from services.ai.documents.loop import look_at_due
from services.ai.documents.models import Document
from services.ai.evaluation.models import EvaluationRun
from tests.support.billing import Billing
from tests.support.identities import access_token, bearer

PRICES = (
    b"# Bread\n\nA loaf of rye bread costs four euros and twenty cents.\n\n# Opening hours\n\nWe open at six o'clock."
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone of a business; every call is theirs."""

    id: UUID
    tenant_id: UUID
    client: httpx.AsyncClient

    async def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The answer's JSON (None without a body); fails unless it is a good one."""
        response = await self.client.request(method, path, json=body, params=query)
        assert response.is_success, response.text
        return response.json() if response.content else None

    async def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Status and code of the problem that the call ends in."""
        response = await self.client.request(method, path, json=body)
        assert response.status_code >= 400, response.text
        return response.status_code, response.json()["code"]

    async def knowledge_base(self, name: str = "") -> str:
        made = await self.ask("POST", "/v1/knowledge-bases", {"name": name or f"Prices {new_id().hex}"})
        return str(made["id"])

    async def uploaded(self, base: str, content: bytes = PRICES, **fields: Any) -> str:
        """The id of a document whose file is in quarantine."""
        said = {
            "name": "prices.md",
            "size": len(content),
            "content_type": "text/markdown",
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        made = await self.ask("POST", f"/v1/knowledge-bases/{base}/documents", said | fields)
        upload = made["upload"]
        async with httpx.AsyncClient() as client:
            sent = await client.request(upload["method"], upload["url"], headers=upload["headers"], content=content)
        assert sent.status_code == 200, sent.text
        return str(made["id"])

    async def completed(self, base: str, content: bytes = PRICES, **fields: Any) -> str:
        document_id = await self.uploaded(base, content, **fields)
        await self.ask("POST", f"/v1/knowledge-bases/{base}/documents/{document_id}/complete")
        return document_id

    async def document(self, base: str, document_id: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.ask("GET", f"/v1/knowledge-bases/{base}/documents/{document_id}")
        return found

    async def assistant(self, *bases: str, **fields: Any) -> str:
        said = {"name": f"Front desk {new_id().hex}", "knowledge_base_ids": list(bases)}
        return str((await self.ask("POST", "/v1/assistants", said | fields))["id"])

    async def answer(self, assistant: str, question: str, **fields: Any) -> dict[str, Any]:
        said = {"question": question, **fields}
        answer: dict[str, Any] = await self.ask("POST", f"/v1/assistants/{assistant}/answers", said)
        return answer

    async def streamed(self, assistant: str, question: str) -> list[tuple[str, Any]]:
        """The events of an answer, with their data."""
        path = f"/v1/assistants/{assistant}/answers/stream"
        async with self.client.stream("POST", path, json={"question": question}) as response:
            assert response.status_code == 200, await response.aread()
            return events_of(await response.aread())


@dataclass(frozen=True, kw_only=True)
class Business:
    """Its people, and the worker's own step."""

    context: AiContext
    owner: Person
    member: Person
    viewer: Person

    @property
    def id(self) -> UUID:
        return self.owner.tenant_id

    async def work(self) -> None:
        """What the worker's loop over documents does until nothing is due."""
        while await look_at_due(self.context):
            pass

    async def lose_leases(self) -> None:
        """As if the time of every worker that died had passed."""
        async with self.context.database.tenant_session(self.id) as session:
            for table in (Document, EvaluationRun):
                await session.execute(update(table).values(due_at=func.least(table.due_at, datetime.now(UTC))))

    async def sweep(self, sweep: Sweep) -> None:
        """What the worker does now and then."""
        await run_sweep(sweep, database=self.context.database, clock=self.context.clock)

    async def hear_of_use(self, billing: Billing) -> None:
        """billing is told what ai recorded."""
        async with self.context.database.tenant_session(self.id) as session:
            bodies = list(await session.scalars(select(OutboxRow.body).where(OutboxRow.type == UsageRecorded.type)))
        await billing.hear(*(UsageRecorded.model_validate(body) for body in bodies))

    async def ready(self, base: str, content: bytes = PRICES, *, by: Person | None = None, **fields: Any) -> str:
        """The id of a document that was added and is ready."""
        person = by or self.owner
        document_id = await person.completed(base, content, **fields)
        await self.work()
        found = await self.owner.document(base, document_id)
        assert found["state"] == "ready", found
        return document_id


def events_of(body: bytes) -> list[tuple[str, Any]]:
    """The names and data of server-sent events."""
    found: list[tuple[str, Any]] = []
    for block in body.decode().replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


@asynccontextmanager
async def opened_business(context: AiContext, url: str) -> AsyncIterator[Business]:
    tenant_id = new_id()
    async with AsyncExitStack() as stack:

        async def person(role: str) -> Person:
            user_id = new_id()
            headers = bearer(access_token(tenant_id, role=role, user_id=user_id))
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=headers, timeout=30))
            return Person(id=user_id, tenant_id=tenant_id, client=client)

        people = {role: await person(role) for role in ("owner", "member", "viewer")}
        yield Business(context=context, **people)
