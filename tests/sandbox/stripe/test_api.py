"""The wire: keys, versions, errors, lists, expansion, idempotency, through the real library where it can send it."""

import asyncio
import base64
from typing import Any

import aiohttp
import httpx
import pytest
import stripe

from sandbox.stripe.wire import API_VERSION
from tests.sandbox.stripe.world import API_KEY, GOOD, World, library
from tests.support.eventually import eventually

HEADERS = {"Authorization": f"Bearer {API_KEY}"}


async def test_a_wrong_key_is_refused_by_name(world: World) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided"):
            await library(world.url, session, api_key="sk_test_wrong").v1.customers.list_async()


async def test_a_request_without_key_is_401_in_the_envelope(world: World) -> None:
    answer = await world.http.get(f"{world.url}/v1/customers")
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert answer.headers["request-id"].startswith("req_")


async def test_the_key_may_come_as_basic_user(world: World) -> None:
    credentials = base64.b64encode(f"{API_KEY}:".encode()).decode()
    answer = await world.http.get(f"{world.url}/v1/customers", headers={"Authorization": f"Basic {credentials}"})
    assert answer.status_code == 200
    assert answer.headers["stripe-version"] == API_VERSION


async def test_another_api_version_is_refused(world: World) -> None:
    answer = await world.http.get(f"{world.url}/v1/customers", headers={**HEADERS, "Stripe-Version": "2020-08-27"})
    assert answer.status_code == 400
    assert API_VERSION in answer.json()["error"]["message"]


async def test_an_unknown_endpoint_says_that_the_sandbox_does_not_support_it(world: World) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="sandbox does not support GET /v1/coupons") as caught:
        await world.stripe.v1.coupons.list_async()
    assert caught.value.http_status == 404


async def test_an_unknown_parameter_is_named_and_nothing_is_made(world: World) -> None:
    unknown: Any = {"name": "A", "shipping": {"name": "A"}}
    with pytest.raises(stripe.InvalidRequestError, match="sandbox does not support the parameter") as caught:
        await world.stripe.v1.customers.create_async(unknown)
    assert (caught.value.param, caught.value.code) == ("shipping", "parameter_unknown")
    assert (await world.stripe.v1.customers.list_async()).data == []


async def test_a_missing_object_is_named(world: World) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription: 'sub_no'") as caught:
        await world.stripe.v1.subscriptions.retrieve_async("sub_no")
    assert (caught.value.code, caught.value.http_status) == ("resource_missing", 404)


async def test_a_missing_object_in_a_parameter_is_named(world: World) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await world.stripe.v1.checkout.sessions.create_async(
            {"mode": "subscription", "line_items": [{"price": "price_no"}], "success_url": "http://a.example/"}
        )
    assert (caught.value.param, caught.value.http_status) == ("line_items[0][price]", 400)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ("name=a&metadata[k]=" + "x" * 501, "metadata"),
        ("email=nobody", "email"),
        ("balance=1e9", "balance"),
        ("metadata[a][b]=c", "metadata"),
        ("name[=x", "name["),
        ("metadata=x&metadata[a]=b", "metadata[a]"),
    ],
)
async def test_malformed_parameters_are_named(world: World, body: str, param: str) -> None:
    form = {**HEADERS, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await world.http.post(f"{world.url}/v1/customers", content=body, headers=form)
    assert (answer.status_code, answer.json()["error"].get("param")) == (400, param)


async def test_json_bodies_huge_bodies_and_bytes_that_are_no_text_are_refused(world: World) -> None:
    url = f"{world.url}/v1/customers"
    assert (await world.http.post(url, json={"name": "a"}, headers=HEADERS)).status_code == 415
    form = {**HEADERS, "Content-Type": "application/x-www-form-urlencoded"}
    assert (await world.http.post(url, content=b"a" * 2_000_000, headers=form)).status_code == 413
    assert (await world.http.post(url, content=b"name=\xff\xfe", headers=form)).status_code == 400


async def test_lists_are_newest_first_and_cut_by_ids_both_ways(world: World) -> None:
    made = [(await world.stripe.v1.customers.create_async({"name": str(n)})).id for n in range(5)]
    newest_first = made[::-1]
    first = await world.stripe.v1.customers.list_async({"limit": 2})
    assert ([one.id for one in first.data], first.has_more) == (newest_first[:2], True)
    second = await world.stripe.v1.customers.list_async({"limit": 2, "starting_after": first.data[-1].id})
    assert [one.id for one in second.data] == newest_first[2:4]
    back = await world.stripe.v1.customers.list_async({"limit": 2, "ending_before": second.data[0].id})
    assert ([one.id for one in back.data], back.has_more) == (newest_first[:2], False)
    assert [one.id async for one in first.auto_paging_iter()] == newest_first


async def test_an_unknown_cursor_is_refused(world: World) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await world.stripe.v1.customers.list_async({"starting_after": "cus_no"})
    assert caught.value.param == "starting_after"


async def test_expansion_reaches_through_lists_and_refuses_what_it_cannot(world: World) -> None:
    await world.subscribe()
    page = await world.stripe.v1.subscriptions.list_async({"expand": ["data.latest_invoice", "data.customer"]})
    assert isinstance(page.data[0].latest_invoice, stripe.Invoice)
    assert isinstance(page.data[0].customer, stripe.Customer)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        await world.stripe.v1.subscriptions.list_async({"expand": ["data.status"]})


async def test_a_key_used_again_replays_the_first_answer(world: World) -> None:
    headers = {**HEADERS, "Idempotency-Key": "k1"}
    first = await world.http.post(f"{world.url}/v1/customers", data={"name": "A"}, headers=headers)
    again = await world.http.post(f"{world.url}/v1/customers", data={"name": "A"}, headers=headers)
    assert again.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert len((await world.stripe.v1.customers.list_async()).data) == 1


async def test_a_key_used_for_something_else_is_an_idempotency_error(world: World) -> None:
    await world.stripe.v1.customers.create_async({"name": "A"}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError):
        await world.stripe.v1.customers.create_async({"name": "B"}, {"idempotency_key": "k1"})


async def test_a_refused_request_does_not_use_up_its_key(world: World) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await world.stripe.v1.customers.create_async({"email": "nobody"}, {"idempotency_key": "k1"})
    await world.stripe.v1.customers.create_async({"email": "a@example.com"}, {"idempotency_key": "k1"})


async def test_a_key_in_use_by_a_slower_request_is_409(world: World) -> None:
    """The first request is still sending its body while the second one asks."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(world.url.rsplit(":", 1)[1]))
    head = (
        "POST /v1/customers HTTP/1.1\r\nHost: s\r\nConnection: close\r\n"
        f"Authorization: Bearer {API_KEY}\r\nIdempotency-Key: k1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\n"
    )
    writer.write(head.encode() + b"nam")
    await writer.drain()
    headers = {**HEADERS, "Idempotency-Key": "k1"}

    async def second() -> httpx.Response | None:
        """None while the first request's head has not been read yet: a refusal uses up no key."""
        answer = await world.http.post(f"{world.url}/v1/customers", data={"email": "no"}, headers=headers)
        return None if answer.status_code == 400 else answer

    answer = await eventually(second, timeout=5)
    assert answer is not None
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_key_in_use")
    writer.write(b"e=A")
    await writer.drain()
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
    await writer.wait_closed()


async def test_a_price_is_found_by_its_lookup_key_and_hands_it_over(world: World) -> None:
    first = await world.price(lookup_key="business_month", metadata={"plan": "business"})
    await world.price(lookup_key="other")
    found = await world.stripe.v1.prices.list_async({"lookup_keys": ["business_month"], "active": True})
    assert [price.id for price in found.data] == [first.id]
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        await world.price(lookup_key="business_month")
    second = await world.price(amount=69900, lookup_key="business_month", transfer_lookup_key=True)
    found = await world.stripe.v1.prices.list_async({"lookup_keys": ["business_month"]})
    assert [price.id for price in found.data] == [second.id]
    assert (await world.stripe.v1.prices.retrieve_async(first.id)).lookup_key is None


async def test_products_and_prices_can_be_changed_and_retired(world: World) -> None:
    product = await world.stripe.v1.products.create_async({"id": "prod_business", "name": "Business"})
    assert product.id == "prod_business"
    price = await world.price(product=product.id)
    changed = await world.stripe.v1.products.update_async(product.id, {"name": "Business+", "metadata": {"a": "1"}})
    assert (changed.name, changed.metadata["a"]) == ("Business+", "1")
    await world.stripe.v1.prices.update_async(price.id, {"active": False})
    assert (await world.stripe.v1.prices.list_async({"active": True, "product": product.id})).data == []
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        await world.session(price=price)


async def test_payment_methods_attach_detach_and_decline(world: World) -> None:
    customer = await world.stripe.v1.customers.create_async({"name": "A"})
    method = await world.stripe.v1.payment_methods.attach_async("pm_card_visa", {"customer": customer.id})
    with pytest.raises(stripe.CardError, match="declined"):
        await world.stripe.v1.payment_methods.attach_async("pm_card_chargeDeclined", {"customer": customer.id})
    changed = await world.stripe.v1.customers.update_async(
        customer.id, {"invoice_settings": {"default_payment_method": method.id}}
    )
    assert changed.invoice_settings is not None
    assert changed.invoice_settings.default_payment_method == method.id
    assert (await world.stripe.v1.payment_methods.detach_async(method.id)).customer is None
    made = await world.stripe.v1.payment_methods.create_async(
        {"type": "card", "card": {"number": GOOD, "exp_month": 12, "exp_year": 2031}}
    )
    assert made.card is not None
    assert made.card.last4 == "4242"


async def test_events_are_listed_by_type_and_time(world: World) -> None:
    await world.subscribe()
    events = world.stripe.v1.events
    assert {e.type for e in (await events.list_async({"type": "invoice.*"})).data} == {
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    }
    chosen = await events.list_async({"types": ["charge.succeeded", "customer.created"]})
    assert [e.type for e in chosen.data] == ["customer.created", "charge.succeeded"]
    now = int(world.clock.now().timestamp())
    assert (await events.list_async({"created": {"gt": now}})).data == []
    assert len((await events.list_async({"created": {"gte": now}, "limit": 100})).data) == 12
    one = await events.retrieve_async(chosen.data[0].id)
    assert one.data.object["object"] == "customer"


async def test_the_webhook_endpoint_is_shown_without_its_secret(world: World) -> None:
    endpoint = (await world.stripe.v1.webhook_endpoints.list_async()).data[0]
    assert (endpoint.url, endpoint.status) == (world.receiver.url, "enabled")
    assert "secret" not in endpoint.to_dict()
