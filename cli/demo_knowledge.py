"""The demo's assistant: it reads the documents of a bakery and answers from them, or says that they do not tell."""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape

from cli.connections import Api
from cli.errors import fail

DOCUMENTS = Path(__file__).with_name("demo_documents")
TEMPLATE = "bakery_restaurant"
WAIT_SECONDS = 60
QUESTIONS = (
    "How early must I order a wedding cake?",
    "Are you open on Sundays?",
    "How many moons does Jupiter have?",
)


def show_assistant(owner: Api, console: Console) -> None:
    """Uploads the documents, makes an assistant of the template for bakeries, and asks it."""
    base = owner.call("POST", "/v1/knowledge-bases", json={"name": "House and shop"})
    documents = f"/v1/knowledge-bases/{base['id']}/documents"
    files = sorted(DOCUMENTS.glob("*.md"))
    ids = [_upload(owner, documents, file) for file in files]
    passages = _ready(owner, documents, ids)
    console.print(f"{len(files)} documents were read, split into {passages} passages and embedded on this machine")
    assistant = owner.call("POST", "/v1/assistants", json=_from_template(owner, str(base["id"])))
    for question in QUESTIONS:
        answer = owner.call("POST", f"/v1/assistants/{assistant['id']}/answers", json={"question": question})
        console.print(f"\n[bold]{question}[/]\n{escape(answer['text'])}")
        for name in dict.fromkeys(citation["document_name"] for citation in answer["citations"]):
            console.print(f"[dim]from {escape(name)}[/]")


def _upload(owner: Api, documents: str, file: Path) -> str:
    content = file.read_bytes()
    made = owner.call(
        "POST",
        documents,
        json={
            "name": file.name,
            "size": len(content),
            "content_type": "text/markdown",
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    )
    upload = made["upload"]
    httpx.request(upload["method"], upload["url"], headers=upload["headers"], content=content).raise_for_status()
    owner.call("POST", f"{documents}/{made['id']}/complete")
    return str(made["id"])


def _ready(owner: Api, documents: str, ids: Sequence[str]) -> int:
    """How many passages the documents have, as soon as all can be searched."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        found = [owner.call("GET", f"{documents}/{each}") for each in ids]
        if failed := next((one for one in found if one["state"] == "failed"), None):
            raise fail(f"{failed['name']} was not read: {failed['reason']}")
        if all(one["state"] == "ready" for one in found):
            return sum(one["passages"] for one in found)
        time.sleep(0.2)
    raise fail(f"the documents were not ready within {WAIT_SECONDS} s")


def _from_template(owner: Api, base_id: str) -> dict[str, Any]:
    templates = owner.call("GET", "/v1/assistant-templates")["items"]
    template = next(one for one in templates if one["id"] == TEMPLATE)
    return {
        "name": "Counter",
        "instructions": template["instructions"],
        "tone": template["tone"],
        "knowledge_base_ids": [base_id],
        "example_questions": list(QUESTIONS[:2]),
    }
