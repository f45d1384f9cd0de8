"""`kill -9` of the sandbox: what was answered is kept, what was announced arrives."""

import sys
from asyncio.subprocess import Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.sandbox.stripe.world import API_KEY, CARD, GOOD, Receiver, listen
from tests.support.eventually import eventually

AUTH = {"Authorization": f"Bearer {API_KEY}"}


@asynccontextmanager
async def served(url: str, folder: Path, receiver: Receiver) -> AsyncIterator[Process]:
    arguments = (url.rsplit(":", 1)[1], str(folder), receiver.url)
    process = await create_subprocess_exec(sys.executable, "-m", "tests.sandbox.stripe.served", *arguments)
    try:
        await eventually(lambda: answers(url), timeout=30)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            return (await http.get(f"{url}/livez")).status_code == 200
    except httpx.HTTPError:
        return False


async def order(http: httpx.AsyncClient, url: str) -> str:
    """The address of a fresh checkout page."""
    price = {
        "unit_amount": "59900",
        "currency": "usd",
        "recurring[interval]": "month",
        "product_data[name]": "Business",
    }
    price_id = (await http.post(f"{url}/v1/prices", data=price, headers=AUTH)).json()["id"]
    session = {"mode": "subscription", "line_items[0][price]": price_id, "success_url": "http://shop.example/"}
    answer = await http.post(f"{url}/v1/checkout/sessions", data=session, headers=AUTH)
    return str(answer.json()["url"])


async def test_a_payment_survives_a_kill_and_its_events_arrive_once_it_is_back(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.gate.clear()
    listener, url = listen()
    listener.close()
    card = {**CARD, "card_number": GOOD}
    async with httpx.AsyncClient(trust_env=False) as http:
        async with served(url, tmp_path, receiver) as process:
            page = await order(http, url)
            assert (await http.post(f"{page}/pay", data=card)).status_code == 303
            process.kill()
            await process.wait()
        assert receiver.events == []
        receiver.gate.set()
        async with served(url, tmp_path, receiver):
            assert (await http.post(f"{page}/pay", data=card)).status_code == 303
            assert len((await http.get(f"{url}/_sandbox/ledger")).json()["entries"]) == 1
            await eventually(lambda: len({event.id for event in receiver.events}) == 12, timeout=20)
