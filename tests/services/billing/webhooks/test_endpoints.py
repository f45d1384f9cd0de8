"""The webhook's door: only what Stripe signed, lately, over exactly this body."""

import json
import time

import pytest

from libs.common.ids import new_id
from tests.services.billing.world import Delivery, World, signed


def event(**changes: object) -> dict[str, object]:
    return {"id": f"evt_{new_id()}", "type": "invoice.paid", "data": {"object": {"id": "in_1"}}, **changes}


async def test_a_signed_event_is_accepted_and_its_copy_is_told_apart(world: World) -> None:
    delivery = signed(event())

    first, second = await world.deliver(delivery), await world.deliver(delivery)

    assert (first.status_code, first.json()) == (202, {"received": True, "duplicate": False})
    assert (second.status_code, second.json()) == (202, {"received": True, "duplicate": True})


async def test_either_secret_may_sign_while_one_is_rotated(world: World) -> None:
    assert (await world.deliver(signed(event(), secret="whsec_the_next_one"))).status_code == 202


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "nonsense",
        "t=,v1=",
        "v1=abc",
        "t=NOW,v1=" + "0" * 64,
        "t=99999999999999999999,v1=00",
        "é",
    ],
)
async def test_a_bad_signature_is_refused(world: World, signature: str) -> None:
    delivery = signed(event())
    headers = {b"Stripe-Signature": signature.replace("NOW", str(int(time.time()))).encode()}

    answer = await world.client.post("/webhooks/stripe", content=delivery.body, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_signature"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_signature_by_another_secret_is_refused(world: World) -> None:
    answer = await world.deliver(signed(event(), secret="whsec_of_somebody_else"))

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_signature")


@pytest.mark.parametrize("seconds", [-301, -86_400, 400])
async def test_a_signature_of_another_time_is_refused(world: World, seconds: int) -> None:
    answer = await world.deliver(signed(event(), at=int(time.time()) + seconds))

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_signature")


async def test_a_body_that_was_touched_is_refused(world: World) -> None:
    delivery = signed(event())

    answer = await world.deliver(Delivery(delivery.body.replace(b"in_1", b"in_2"), delivery.signature))

    assert answer.status_code == 400


async def test_a_missing_signature_is_refused(world: World) -> None:
    answer = await world.client.post("/webhooks/stripe", content=json.dumps(event()))

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_signature")


@pytest.mark.parametrize(
    "content",
    [
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"object": "event", "id": 7, "type": "x", "created": 1, "data": {"object": {}}}',
        b'{"object": "event", "id": "evt", "type": "x", "created": "soon", "data": {"object": {}}}',
        b'{"object": "event", "id": "evt", "type": "x", "created": 99999999999999, "data": {"object": {}}}',
        b'{"object": "event", "id": "evt", "type": "x", "created": 1, "data": []}',
        b'{"object": "event", "id": "e\\u0000", "type": "x", "created": 1, "data": {"object": {}}}',
        b'{"object": "v2.core.event", "id": "evt", "type": "x", "created": 1, "data": {"object": {}}}',
    ],
)
async def test_a_signed_body_that_is_no_event_is_refused(world: World, content: bytes) -> None:
    answer = await world.deliver(signed(content))

    assert answer.status_code == 400
    assert answer.json()["code"] in {"unreadable_event", "bad_signature"}


async def test_a_body_of_two_mebibytes_is_refused(world: World) -> None:
    answer = await world.deliver(signed(b" " * 2 * 1024 * 1024))

    assert answer.status_code == 413
