"""Paying at the hosted page."""

import asyncio
import base64
import hashlib

import httpx
import stripe

from sandbox.stripe.checkout_payment import EVENT_ORDER
from sandbox.stripe.wire import API_VERSION
from tests.sandbox.stripe.world import CARD, DECLINED, GOOD, NO_FUNDS, World
from tests.support.eventually import eventually


async def test_a_paid_session_leads_to_the_success_url_with_its_id(world: World) -> None:
    session = await world.session(client_reference_id="tenant-1", metadata={"plan": "business"})
    answer = await world.pay(session)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://shop.example/done?session={session.id}"
    done = await world.stripe.v1.checkout.sessions.retrieve_async(session.id)
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.client_reference_id == "tenant-1"
    assert done.metadata is not None
    assert done.metadata["plan"] == "business"


async def test_a_paid_session_makes_everything_that_stripe_makes(world: World) -> None:
    customer = await world.stripe.v1.customers.create_async({"email": "a@example.com", "metadata": {"tenant": "t1"}})
    session = await world.session(customer=customer.id, subscription_data={"metadata": {"tenant": "t1"}})
    await world.pay(session)
    done = await world.stripe.v1.checkout.sessions.retrieve_async(
        session.id, {"expand": ["subscription.latest_invoice.payments", "customer", "line_items"]}
    )
    subscription = done.subscription
    assert isinstance(subscription, stripe.Subscription)
    assert (subscription.status, subscription.metadata["tenant"]) == ("active", "t1")
    assert isinstance(done.customer, stripe.Customer)
    assert done.customer.email == "a@example.com"
    assert done.line_items is not None
    assert done.line_items.data[0].amount_total == 59900
    invoice = subscription.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == ("paid", 59900, "subscription_create")
    assert invoice.payments is not None
    intent = await world.stripe.v1.payment_intents.retrieve_async(
        str(invoice.payments.data[0].payment.payment_intent), {"expand": ["latest_charge"]}
    )
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert (intent.status, intent.latest_charge.paid, intent.latest_charge.amount) == ("succeeded", True, 59900)
    methods = await world.stripe.v1.customers.payment_methods.list_async(customer.id)
    assert methods.data[0].card is not None
    assert methods.data[0].card.last4 == "4242"
    assert [entry["amount"] for entry in await world.ledger()] == [59900]


async def test_the_events_of_a_payment_arrive_signed_and_in_order(world: World) -> None:
    await world.subscribe()
    expected = [*EVENT_ORDER]
    made_before = ["price.created", "product.created"]
    assert [t for t in await world.event_types() if t in expected] == expected
    await eventually(lambda: sorted(world.receiver.types()) == sorted([*expected, *made_before]), timeout=10)
    completed = next(e for e in world.receiver.events if e.type == "checkout.session.completed")
    assert completed.api_version == API_VERSION == stripe.api_version
    assert completed.data.object["payment_status"] == "paid"
    assert not [name for name in completed.to_dict()["data"]["object"] if name.startswith("_")]


async def test_a_declined_card_says_so_and_can_be_followed_by_another(world: World) -> None:
    session = await world.session()
    declined = await world.pay(session, DECLINED)
    assert declined.status_code == 402
    assert "Your card was declined." in declined.text
    assert "try again" in declined.text
    assert "payment_intent.payment_failed" in await world.event_types()
    assert (await world.pay(session, NO_FUNDS)).status_code == 402
    assert (await world.pay(session, GOOD)).status_code == 303
    intents = await world.stripe.v1.payment_intents.list_async()
    assert [intent.status for intent in intents.data] == ["succeeded"]
    assert len(await world.ledger()) == 1
    assert len(await world.ledger("failed")) == 2


async def test_a_declined_card_answers_json_to_those_who_ask_for_it(world: World) -> None:
    session = await world.session()
    data = {**CARD, "card_number": NO_FUNDS}
    answer = await world.http.post(f"{session.url}/pay", data=data, headers={"Accept": "application/json"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["decline_code"]) == (402, "card_declined", "insufficient_funds")
    assert error["message"] == "Your card has insufficient funds. You can try again with another card."


async def test_a_card_that_needs_3d_secure_is_refused_with_a_reason(world: World) -> None:
    answer = await world.pay(await world.session(), "4000000000003220")
    assert answer.status_code == 402
    assert "not supported by this sandbox" in answer.text


async def test_a_real_card_is_refused_and_not_kept(world: World) -> None:
    answer = await world.pay(await world.session(), "4539 5787 6362 1486")
    assert answer.status_code == 402
    assert "never use a real card" in answer.text
    assert b"4539578763621486" not in world.settings.database.read_bytes()
    assert (await world.stripe.v1.payment_methods.list_async()).data == []


async def test_bad_input_names_the_field(world: World) -> None:
    session = await world.session()
    cases = {
        "card_number": {"card_number": "4242424242424241"},
        "exp_month": {"exp_month": "13"},
        "exp_year": {"exp_year": "2020"},
        "cvc": {"cvc": ""},
    }
    for name, wrong in cases.items():
        data = {**CARD, "card_number": GOOD, **wrong}
        answer = await world.http.post(f"{session.url}/pay", data=data, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, name)
        page = await world.http.post(f"{session.url}/pay", data=data)
        assert page.status_code == 400
        assert f'id="{name}-fault"' in page.text
    assert await world.ledger() == []


async def test_submitting_twice_at_once_pays_once(world: World) -> None:
    session = await world.session()
    answers = await asyncio.gather(*(world.pay(session) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [303] * 5
    assert len(await world.ledger()) == 1
    assert len((await world.stripe.v1.subscriptions.list_async()).data) == 1


async def test_a_complete_session_says_so(world: World) -> None:
    session = await world.session()
    await world.pay(session)
    page = await world.http.get(str(session.url))
    assert page.status_code == 200
    assert "paid already" in page.text


async def test_an_expired_session_says_so_and_takes_nothing(world: World) -> None:
    session = await world.session()
    assert await world.advance(session.expires_at) == ["checkout session expired"]
    for answer in (await world.http.get(str(session.url)), await world.pay(session)):
        assert answer.status_code == 410
        assert "has expired" in answer.text
    assert await world.ledger() == []
    assert "checkout.session.expired" in await world.event_types()


async def test_a_session_can_be_expired_once_through_the_api(world: World) -> None:
    session = await world.session()
    assert (await world.stripe.v1.checkout.sessions.expire_async(session.id)).status == "expired"
    assert (await world.pay(session)).status_code == 410


async def test_the_page_shows_what_is_bought_and_that_it_is_a_sandbox(world: World) -> None:
    customer = await world.stripe.v1.customers.create_async({"name": "Bäcker <b>& Söhne"})
    session = await world.session(customer=customer.id)
    page = await world.http.get(str(session.url))
    for text in (
        "SANDBOX: no real money moves",
        "Business",
        "USD 599.00",
        "per month",
        "4000 0000 0000 0002",
        "/cancel",
        "card_number",
    ):
        assert text in page.text
    assert "Bäcker &lt;b&gt;&amp; Söhne" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_a_test_card_fills_the_form_in_by_a_link_alone(world: World) -> None:
    session = await world.session()
    blank = await world.http.get(str(session.url))
    assert f'href="{session.url}?card={DECLINED}#pay"' in blank.text
    assert 'value="4000 0000 0000 0002"' not in blank.text

    filled = await world.http.get(f"{session.url}?card={DECLINED}")

    for value in ("4000 0000 0000 0002", "12", "2029", "123"):
        assert f'value="{value}"' in filled.text


async def test_no_other_card_is_filled_in(world: World) -> None:
    page = await world.http.get(f"{(await world.session()).url}?card=4539578763621486")

    assert page.status_code == 200
    assert "4539" not in page.text


async def test_what_was_typed_stands_there_again_but_no_secret(world: World) -> None:
    session = await world.session()
    wrong = {"exp_month": "13", "exp_year": "2031", "cvc": "987", "email": "a<b@example.com"}

    ours = await world.http.post(f"{session.url}/pay", data={"card_number": GOOD, **wrong})
    real = await world.http.post(f"{session.url}/pay", data={"card_number": "4539578763621486", **wrong})

    for value in ("4242 4242 4242 4242", "13", "2031", "a&lt;b@example.com"):
        assert f'value="{value}"' in ours.text
    assert 'value="987"' not in ours.text
    assert "4539" not in real.text


async def test_the_field_at_fault_has_the_focus(world: World) -> None:
    session = await world.session()

    page = await world.http.post(f"{session.url}/pay", data={**CARD, "card_number": GOOD, "cvc": ""})

    assert page.text.count("autofocus") == 1
    assert 'aria-describedby="cvc-fault" autofocus' in page.text


async def test_the_page_runs_no_script_and_takes_no_style_but_its_own(world: World) -> None:
    page = await world.http.get(str((await world.session()).url))
    policy = page.headers["content-security-policy"].split("; ")
    style = page.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert policy == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self' http://shop.example",
    ]
    assert " style=" not in page.text


async def test_cancelling_leads_back(world: World) -> None:
    session = await world.session()
    answer = await world.http.get(f"{session.url}/cancel")
    assert answer.headers["location"] == "http://shop.example/plans"


async def test_an_unknown_session_is_a_readable_404(world: World) -> None:
    answer: httpx.Response = await world.http.get(f"{world.url}/c/pay/cs_test_nothing")
    assert answer.status_code == 404
    assert "no such page" in answer.text


async def test_a_body_that_is_no_form_is_refused_readably(world: World) -> None:
    url = (await world.session()).url
    assert (await world.http.post(f"{url}/pay", content=b"a" * 100_000)).status_code == 413
    assert (await world.http.post(f"{url}/pay", content=b"card_number=1&card_number[x]=2")).status_code == 400
    assert (await world.http.post(f"{url}/pay", content=b"\xff\xfe")).status_code == 400
