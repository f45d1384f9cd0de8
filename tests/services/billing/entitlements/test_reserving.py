"""A part of a limit can be held until it is used: never more than a hard limit allows, and never for ever."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from libs.common.http_client import ServiceHttp, ServiceUnavailable
from libs.common.ids import new_id
from libs.common.problems import NotFound, Problem
from libs.common.security.assertions import AssertionSigner
from libs.contracts.billing import BillingClient, EntitlementReservation, LimitReached, ReservationSettled
from tests.support.billing import Billing
from tests.support.identities import SERVICE_KEYS

QUERIES = "ai_queries_per_month"
TRIAL_LIMIT = 50
AT_ONCE = 30


async def _granted(client: BillingClient, tenant_id: UUID, reservation_id: UUID, quantity: int = 1) -> bool:
    try:
        await client.reserve(tenant_id, QUERIES, reservation_id, quantity=quantity, seconds=60)
    except LimitReached:
        return False
    return True


async def _standing(billing: Billing, tenant_id: UUID) -> tuple[int, int]:
    use = await billing.use(tenant_id, QUERIES)
    return use["used"], use["held"]


async def test_what_is_held_counts_like_use_and_the_refusal_names_both(billing: Billing) -> None:
    tenant_id, ai = new_id(), billing.client("ai")
    used = new_id()
    await ai.finalise(tenant_id, QUERIES, used, quantity=30)

    held = await ai.reserve(tenant_id, QUERIES, new_id(), quantity=15, seconds=60)
    with pytest.raises(LimitReached) as refused:
        await ai.reserve(tenant_id, QUERIES, new_id(), quantity=6, seconds=60)

    assert (held.entitlement, held.quantity) == (QUERIES, 15)
    assert refused.value.extra == {
        "entitlement": QUERIES,
        "plan": "trial",
        "limit": TRIAL_LIMIT,
        "used": 30,
        "held": 15,
        "upgrade_url": "http://web.example/plans/",
    }
    assert (await ai.check_entitlement(tenant_id, QUERIES, quantity=5)).allowed
    beyond = await ai.check_entitlement(tenant_id, QUERIES, quantity=6)
    assert (beyond.allowed, beyond.used, beyond.held) == (False, 30, 15)
    assert (await billing.use(tenant_id, QUERIES))["percent"] == 90


async def test_beyond_a_soft_limit_everything_may_be_held(billing: Billing) -> None:
    tenant_id, ai = new_id(), billing.client("ai")
    await billing.subscribe(tenant_id, "starter")

    await ai.reserve(tenant_id, QUERIES, new_id(), quantity=501, seconds=60)

    assert await _standing(billing, tenant_id) == (0, 501)


async def test_however_many_come_at_once_a_hard_limit_is_never_passed(billing: Billing) -> None:
    tenant_id, ai = new_id(), billing.client("ai")
    await ai.finalise(tenant_id, QUERIES, new_id(), quantity=TRIAL_LIMIT - 20)

    granted = await asyncio.gather(*(_granted(ai, tenant_id, new_id(), quantity=2) for _ in range(AT_ONCE)))

    assert sum(granted) == 10
    assert await _standing(billing, tenant_id) == (TRIAL_LIMIT - 20, 20)


async def test_a_limit_holds_while_others_settle_and_give_back(billing: Billing) -> None:
    tenant_id, ai = new_id(), billing.client("ai")
    first = [new_id() for _ in range(30)]
    assert all([await _granted(ai, tenant_id, one) for one in first])

    attempts = asyncio.gather(*(_granted(ai, tenant_id, new_id()) for _ in range(40)))
    settled = asyncio.gather(
        *(ai.finalise(tenant_id, QUERIES, one, quantity=number % 2) for number, one in enumerate(first))
    )
    granted = await attempts
    await settled

    used, held = await _standing(billing, tenant_id)
    assert (used, held) == (15, sum(granted))
    assert 20 <= held <= TRIAL_LIMIT - 15


async def test_the_same_id_again_answers_the_same_and_holds_once(billing: Billing) -> None:
    tenant_id, ai, reservation_id = new_id(), billing.client("ai"), new_id()

    async def reserve(seconds: int) -> EntitlementReservation:
        return await ai.reserve(tenant_id, QUERIES, reservation_id, quantity=TRIAL_LIMIT, seconds=seconds)

    at_once = await asyncio.gather(*(reserve(60 + number) for number in range(8)))
    later = await reserve(3600)

    assert at_once == [later] * 8
    assert await _standing(billing, tenant_id) == (0, TRIAL_LIMIT)


async def test_what_a_crashed_caller_held_comes_back(billing: Billing) -> None:
    tenant_id, ai = new_id(), billing.client("ai")
    await ai.reserve(tenant_id, QUERIES, new_id(), quantity=TRIAL_LIMIT, seconds=60)
    assert not await _granted(ai, tenant_id, new_id())

    await billing.let_lapse(tenant_id)

    assert await _standing(billing, tenant_id) == (0, 0)
    assert await _granted(ai, tenant_id, new_id(), quantity=TRIAL_LIMIT)


async def test_what_is_held_stays_and_what_lapsed_is_swept(billing: Billing) -> None:
    tenant_id, ai = new_id(), billing.client("ai")
    await ai.reserve(tenant_id, QUERIES, new_id(), seconds=3600)

    assert not await billing.purged(tenant_id)
    await billing.let_lapse(tenant_id)
    assert await billing.purged(tenant_id)


async def test_one_that_lapsed_is_held_anew_only_if_there_is_room(billing: Billing) -> None:
    tenant_id, ai, reservation_id, other = new_id(), billing.client("ai"), new_id(), new_id()
    assert await _granted(ai, tenant_id, reservation_id, quantity=30)
    await billing.let_lapse(tenant_id)

    assert await _granted(ai, tenant_id, other, quantity=30)
    assert not await _granted(ai, tenant_id, reservation_id, quantity=30)
    await ai.finalise(tenant_id, QUERIES, other, quantity=0)

    assert await _granted(ai, tenant_id, reservation_id, quantity=30)
    assert await _standing(billing, tenant_id) == (0, 30)


async def test_an_id_whose_use_is_over_holds_nothing_again(billing: Billing) -> None:
    tenant_id, ai, reservation_id = new_id(), billing.client("ai"), new_id()
    await ai.finalise(tenant_id, QUERIES, reservation_id, quantity=0)

    with pytest.raises(ReservationSettled):
        await ai.reserve(tenant_id, QUERIES, reservation_id, seconds=60)

    assert await _standing(billing, tenant_id) == (0, 0)


async def test_what_is_held_is_of_one_tenant_and_one_entitlement(billing: Billing) -> None:
    tenant_id, ai, reservation_id = new_id(), billing.client("ai"), new_id()
    await ai.reserve(tenant_id, QUERIES, reservation_id, quantity=TRIAL_LIMIT, seconds=60)

    assert await _granted(ai, new_id(), reservation_id, quantity=TRIAL_LIMIT)
    await ai.reserve(tenant_id, "emails_per_month", reservation_id, quantity=500, seconds=60)
    await ai.finalise(tenant_id, "emails_per_month", reservation_id, quantity=500)

    assert await _standing(billing, tenant_id) == (0, TRIAL_LIMIT)


async def test_what_was_held_at_the_end_of_a_month_counts_there_and_not_in_the_next(billing: Billing) -> None:
    tenant_id, ai, reservation_id = new_id(), billing.client("ai"), new_id()
    await ai.reserve(tenant_id, QUERIES, reservation_id, quantity=TRIAL_LIMIT, seconds=60)

    billing.clock.advance(timedelta(days=31))
    assert await _granted(ai, tenant_id, new_id(), quantity=TRIAL_LIMIT)
    await ai.finalise(tenant_id, QUERIES, reservation_id, quantity=TRIAL_LIMIT)

    assert await _standing(billing, tenant_id) == (0, TRIAL_LIMIT)


async def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_held_twice(billing: Billing) -> None:
    tenant_id, reservation_id = new_id(), new_id()
    inner, calls = billing.http._transport, 0

    async def lose_the_first(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        request.stream = httpx.ByteStream(await request.aread())
        response = await inner.handle_async_request(request)
        if calls % 2:
            raise httpx.ReadError("the connection broke", request=request)
        return httpx.Response(response.status_code, content=await response.aread())

    signer = AssertionSigner("ai", SERVICE_KEYS["ai"])
    ai = BillingClient(ServiceHttp("billing", "http://billing", signer, transport=httpx.MockTransport(lose_the_first)))
    await ai.reserve(tenant_id, QUERIES, reservation_id, quantity=7, seconds=60)
    held = await _standing(billing, tenant_id)
    settled = await ai.finalise(tenant_id, QUERIES, reservation_id, quantity=5)

    assert (held, settled.counted) == ((0, 7), 5)
    assert await _standing(billing, tenant_id) == (5, 0)
    assert calls == 4


async def test_without_billing_nothing_is_promised() -> None:
    signer = AssertionSigner("ai", SERVICE_KEYS["ai"])
    http = ServiceHttp("billing", "http://127.0.0.1:9", signer)

    with pytest.raises(ServiceUnavailable):
        await BillingClient(http).reserve(new_id(), QUERIES, new_id(), seconds=60)
    await http.aclose()


async def test_of_what_no_plan_knows_nothing_is_held(billing: Billing) -> None:
    with pytest.raises(NotFound):
        await billing.client("ai").reserve(new_id(), "parking_places", new_id(), seconds=60)
    with pytest.raises(NotFound):
        await billing.client("ai").finalise(new_id(), "parking_places", new_id(), quantity=1)


async def test_only_ai_and_messaging_may_reserve(billing: Billing) -> None:
    await billing.client("messaging").reserve(new_id(), QUERIES, new_id(), seconds=60)

    with pytest.raises(Problem, match="refused an internal call with 403"):
        await billing.client("auth").reserve(new_id(), QUERIES, new_id(), seconds=60)
