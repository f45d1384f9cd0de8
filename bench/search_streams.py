"""Answers of one process of ai: how soon the local answerer says something, and how many answers it streams at once."""

import asyncio
import hashlib
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from bench.registry import Figures
from bench.support.report import print_table
from tests.support.http_server import served
from tests.support.platform import Owner, Platform, until

QUESTIONS, WARMING = 60, 10
STREAMS, BEGINNING, WORDS, EVERY = 200, 2.0, 20, 0.5
TEXT = "# Prices\n\nA loaf of rye bread costs four euros.\n\n# Hours\n\nThe shop opens at six o'clock in the morning.\n"
QUESTION = "What does a loaf of rye bread cost?"


@dataclass
class Streamed:
    """One answer: when its texts came, in seconds of the clock of this process, and how it ended."""

    texts: list[float]
    ended: float
    state: str


def run() -> Figures:
    """A platform of its own; an endpoint that says a word every half second stands for a vendor's model."""
    folder = Path(tempfile.mkdtemp(prefix="stackpro-bench-"))
    try:
        return asyncio.run(_run(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _run(folder: Path) -> Figures:
    slow = Starlette(routes=[Route("/chat/completions", _slowly, methods=["POST"])])
    async with served(slow) as url:
        models = [{"form": "local"}, {"form": "openai", "name": "slow", "model": "slow", "base_url": url}]
        platform = Platform(folder / "home", web_port=None, settings={"STACKPRO_MODELS": json.dumps(models)})
        try:
            await asyncio.to_thread(platform.start)
            owner = await asyncio.to_thread(_customer, platform)
            base = await asyncio.to_thread(_knowledge, owner)
            first = await _first_bytes(owner, _assistant(owner, base, None))
            direct = f"http://127.0.0.1:{json.loads((platform.home / 'ports.json').read_text())['ai']}"
            streamed = await _streams(direct, owner, _assistant(owner, base, "slow"))
        finally:
            await asyncio.to_thread(platform.stop)
    done = [one for one in streamed if one.state == "done"]
    if len(done) < STREAMS:
        print("Not done:", dict(Counter(one.state[:200] for one in streamed if one.state != "done")))
    at_once = _most_at_once(done)
    late = [
        (after - before - EVERY) * 1000 for one in done for before, after in zip(one.texts, one.texts[1:], strict=False)
    ]
    print_table(
        f"{QUESTIONS} local answers through the gateway; {STREAMS} streams of one process",
        ("figure", "value"),
        [
            ("first text, median, ms", f"{median(first):.1f}"),
            ("first text, p95, ms", f"{quantiles(first, n=20)[18]:.1f}"),
            ("answers that came to their end", len(done)),
            ("streams open at once", at_once),
            ("a word's delay, p99, ms", f"{quantiles(late, n=100)[98]:.1f}"),
        ],
    )
    return {
        "first_byte_ms": quantiles(first, n=20)[18],
        "streams": float(min(at_once, len(done))),
        "word_delay_p99_ms": quantiles(late, n=100)[98],
    }


async def _slowly(request: Request) -> StreamingResponse:
    await request.body()

    async def events() -> AsyncIterator[str]:
        for _ in range(WORDS):
            yield _event({"choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]})
            await asyncio.sleep(EVERY)
        yield _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        yield _event({"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": WORDS, "total_tokens": 120}})
        yield "data: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


def _event(part: dict[str, Any]) -> str:
    whole = {"id": "one", "object": "chat.completion.chunk", "created": 0, "model": "slow", **part}
    return f"data: {json.dumps(whole)}\n\n"


def _customer(platform: Platform) -> Owner:
    """An owner whose plan has queries enough."""
    owner = Owner.sign_up(platform)
    owner.stack_on("shared", seconds=120)
    if owner.pay(owner.check_out()).status_code != 303:
        raise RuntimeError("the payment was not taken")
    owner.stack_on("dedicated", seconds=120)
    return owner


def _knowledge(owner: Owner) -> str:
    """The id of a knowledge base with one ready document."""
    content = TEXT.encode()
    base = str(_made(owner, "/v1/knowledge-bases", {"name": "Shop"})["id"])
    described = {
        "name": "prices.md",
        "size": len(content),
        "content_type": "text/markdown",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    made = _made(owner, f"/v1/knowledge-bases/{base}/documents", described)
    upload, path = made["upload"], f"/v1/knowledge-bases/{base}/documents/{made['id']}"
    httpx.request(upload["method"], upload["url"], headers=upload["headers"], content=content).raise_for_status()
    _made(owner, f"{path}/complete", None)
    until(lambda: owner.get(path)["state"] == "ready" or None, seconds=60, what="the document is ready")
    return base


def _assistant(owner: Owner, base: str, model: str | None) -> str:
    said = {"name": f"Desk of {model}", "knowledge_base_ids": [base], "model": model}
    return str(_made(owner, "/v1/assistants", said)["id"])


def _made(owner: Owner, path: str, body: Any) -> dict[str, Any]:
    response = owner.request("POST", path, json=body)
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


async def _first_bytes(owner: Owner, assistant: str) -> list[float]:
    """Milliseconds to the first text of one answer after the other, through the gateway."""
    async with _client(owner.platform.url, owner) as client:
        found: list[float] = []
        for _ in range(WARMING + QUESTIONS):
            began = time.perf_counter()
            one = await _stream(client, assistant)
            found.append((one.texts[0] - began) * 1000)
        return found[WARMING:]


async def _streams(url: str, owner: Owner, assistant: str) -> list[Streamed]:
    """All begin within `BEGINNING` seconds."""

    async def one(client: httpx.AsyncClient, number: int) -> Streamed:
        await asyncio.sleep(number * BEGINNING / STREAMS)
        return await _stream(client, assistant)

    async with _client(url, owner) as client:
        return list(await asyncio.gather(*(one(client, number) for number in range(STREAMS))))


def _client(url: str, owner: Owner) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=STREAMS)
    return httpx.AsyncClient(
        base_url=url, headers={"Authorization": f"Bearer {owner.token}"}, timeout=60, limits=limits
    )


async def _stream(client: httpx.AsyncClient, assistant: str) -> Streamed:
    texts, state, event = [], "refused", ""
    async with client.stream(
        "POST", f"/v1/assistants/{assistant}/answers/stream", json={"question": QUESTION}
    ) as response:
        if response.is_error:
            state = f"{response.status_code} {(await response.aread()).decode()}"
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: ") and event == "text":
                texts.append(time.perf_counter())
            elif line.startswith("data: ") and event == "ended":
                answer = json.loads(line.removeprefix("data: "))
                state = " ".join(filter(None, (answer["state"], answer["reason"])))
    return Streamed(texts, time.perf_counter(), state)


def _most_at_once(answers: list[Streamed]) -> int:
    """How many were between their first text and their end at the same moment."""
    changes = sorted([(one.texts[0], 1) for one in answers] + [(one.ended, -1) for one in answers])
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most
