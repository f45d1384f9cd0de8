"""An authenticated read through gateway, token check, tenant session and PostgreSQL, beside the same read without
the gateway."""

import asyncio
import json
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import httpx

from bench.registry import Bench, Figures
from tests.support.platform import Owner, Platform

RATE = 100
SECONDS = 10
ROUNDS = 3
PATH = "/v1/deployments"


def run() -> Figures:
    """Three rounds of each, alternating; medians of the rounds' p99."""
    folder = Path(tempfile.mkdtemp(prefix="stackpro-bench-"))
    platform = Platform(folder / "home")
    try:
        platform.start()
        owner = Owner.sign_up(platform)
        owner.stack_on("shared", seconds=120)
        direct = f"http://127.0.0.1:{json.loads((platform.home / 'ports.json').read_text())['provisioner']}"
        through: list[float] = []
        beside: list[float] = []
        for _ in range(ROUNDS):
            for base, found in ((platform.url, through), (direct, beside)):
                found.append(asyncio.run(_p99_ms(f"{base}{PATH}", owner.token)))
            print(f"p99 {through[-1]:.1f} ms through the gateway, {beside[-1]:.1f} ms without it")
        return {"p99_ms": median(through), "direct_p99_ms": median(beside)}
    finally:
        platform.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _p99_ms(url: str, token: str) -> float:
    """Sends at a fixed rate, whatever the answers take, so that waiting counts (open loop)."""
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=10) as client:
        began = time.perf_counter() + 0.1
        tasks = [asyncio.create_task(_read(client, url, began + number / RATE)) for number in range(RATE * SECONDS)]
        return quantiles(await asyncio.gather(*tasks), n=100)[98]


async def _read(client: httpx.AsyncClient, url: str, at: float) -> float:
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    response = await client.get(url)
    response.raise_for_status()
    return (time.perf_counter() - at) * 1000


BENCH = Bench(
    name="read",
    measures="p99 of an authenticated read through gateway, token check, tenant session and PostgreSQL at 100 a second",
    run=run,
)
