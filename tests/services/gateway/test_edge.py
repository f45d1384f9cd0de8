"""What every request meets at the edge: routes, token, ids, limits, origins, headers."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest

from libs.common.security.jose import SigningKey, new_private_key
from tests.services.gateway.raw import Received, exchange, raw_service
from tests.services.gateway.running import gateway_before, gateway_before_one
from tests.support.eventually import eventually
from tests.support.identities import access_token, as_member, bearer, jwks

PUBLIC = "/v1/billing/plans"
APP = "https://app.example.com"


async def test_a_request_reaches_its_service_with_what_the_gateway_knows_of_it() -> None:
    async with gateway_before_one() as (url, service), httpx.AsyncClient(base_url=url) as client:
        answer = await client.get(PUBLIC, headers={"X-Request-Id": "forged-forged", "X-Forwarded-For": "203.0.113.5"})
    received = service.requests[-1]
    request_id = answer.headers["x-request-id"]
    assert UUID(request_id).version == 7
    assert received.header("x-request-id") == request_id
    assert f"00-{UUID(request_id).hex}-" in str(received.header("traceparent"))
    assert received.header("x-forwarded-for") == "127.0.0.1"
    assert received.header("x-forwarded-proto") == "http"
    assert received.header("x-forwarded-host") == url.removeprefix("http://")


async def test_behind_trusted_proxies_the_caller_is_who_they_say() -> None:
    async with gateway_before_one(trusted_proxies=1) as (url, service), httpx.AsyncClient(base_url=url) as client:
        await client.get(PUBLIC, headers={"X-Forwarded-For": "10.9.9.9, 203.0.113.5", "X-Forwarded-Proto": "https"})
    received = service.requests[-1]
    assert (received.header("x-forwarded-for"), received.header("x-forwarded-proto")) == ("203.0.113.5", "https")


async def test_answers_carry_the_security_headers_once() -> None:
    async with gateway_before_one() as (url, _), httpx.AsyncClient(base_url=url) as client:
        for path in (PUBLIC, "/", "/nowhere"):
            answer = await client.get(path)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert len(answer.headers.get_list("content-security-policy")) == 1
            assert len(answer.headers.get_list("date")) == 1
            assert "server" not in answer.headers or "uvicorn" in answer.headers["server"]


async def test_a_member_passes_and_others_do_not() -> None:
    expired = bearer(access_token(uuid4(), expires_in=-60))
    foreign = bearer(access_token(uuid4(), key=SigningKey(new_private_key())))
    async with gateway_before_one() as (url, service), httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/v1/deployments", headers=as_member(uuid4()))).status_code == 200
        seen = len(service.requests)
        for headers in ({}, {"Authorization": "Basic eDp5"}, bearer("nonsense"), expired, foreign):
            answer = await client.get("/v1/deployments", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert len([received for received in service.requests[seen:] if "deployments" in received.line]) == 0


async def test_a_valid_token_is_not_called_invalid_when_the_keys_cannot_be_fetched() -> None:
    async with gateway_before({}) as (url, _), httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/v1/deployments", headers=as_member(uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    "target",
    [
        "/internal/tenants",
        "/%69nternal/tenants",
        "//internal/tenants",
        "/v1/auth/../../internal/tenants",
        "/v1/auth/%2e%2e/%2e%2e/internal/tenants",
        "/v1/auth/%252e%252e/internal",
        "/v1/auth/..%2f..%2finternal",
        "/v1/auth/..%5c..%5cinternal",
        "/v1/auth/./login",
        "/v1/auth//internal",
        "/v1/auth/%00",
        "/v1/authentic",
        "/agentless",
        "http://127.0.0.1/internal/tenants",
    ],
)
async def test_what_the_table_does_not_name_is_not_found_however_it_is_spelled(target: str) -> None:
    async with gateway_before_one() as (url, service):
        answer = await exchange(url, f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 404")
        assert b"application/problem+json" in answer
        assert service.requests == []


@pytest.mark.parametrize(
    "headers", ["", "Host: a\r\nHost: b\r\n", "Host: a\r\nAuthorization: x\r\nAuthorization: y\r\n"]
)
async def test_a_request_that_says_two_things_is_refused(headers: str) -> None:
    async with gateway_before_one() as (url, service):
        answer = await exchange(url, f"GET {PUBLIC} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 400")
        assert service.requests == []


async def test_a_method_without_use_here_is_refused() -> None:
    async with gateway_before_one() as (url, service):
        answer = await exchange(url, f"TRACE {PUBLIC} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 405")
        assert service.requests == []


async def test_a_two_mebibyte_body_is_too_large() -> None:
    async with gateway_before_one() as (url, service), httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/v1/auth/signup", content=b"x" * 2_097_152)
        assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
        assert service.requests == []


async def test_an_address_that_asks_too_often_is_told_when_to_come_back() -> None:
    async with (
        gateway_before_one(limits={"address_requests": 3, "window_seconds": 3600}) as (url, service),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answers = [await client.get(PUBLIC) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"address";q=3;w=3600'
        assert answers[0].headers["ratelimit"].startswith('"address";r=2;t=')
        refused = answers[-1]
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert refused.headers.get_list("ratelimit")[0].startswith('"address";r=0;')
        assert refused.json()["code"] == "rate_limited"
        assert (await client.get("/readyz")).status_code == 200
    assert len(service.requests) == 3


async def test_each_tenant_has_its_own_limit() -> None:
    one, other = as_member(uuid4()), as_member(uuid4())
    async with (
        gateway_before_one(limits={"tenant_requests": 1, "window_seconds": 3600}) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answers = [await client.get("/v1/me", headers=headers) for headers in (one, one, other)]
    assert [answer.status_code for answer in answers] == [200, 429, 200]


async def test_a_listed_origin_may_call_and_others_are_told_nothing() -> None:
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    async with (
        gateway_before_one(cors_origins=[APP]) as (url, service),
        httpx.AsyncClient(base_url=url) as client,
    ):
        asked = await client.options("/v1/billing/checkout", headers={"Origin": APP, **preflight})
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, APP)
        assert "authorization" in asked.headers["access-control-allow-headers"]
        called = await client.get(PUBLIC, headers={"Origin": APP})
        assert called.headers["access-control-allow-origin"] == APP
        assert "x-request-id" in called.headers["access-control-expose-headers"]
        refused = await client.get("/v1/me", headers={"Origin": APP})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, APP)
        for origin in ("https://app.example.com.evil.test", "null", "http://app.example.com"):
            strange = await client.options("/v1/billing/checkout", headers={"Origin": origin, **preflight})
            assert (strange.status_code, strange.json()["code"]) == (403, "origin_not_allowed")
            passed = await client.get(PUBLIC, headers={"Origin": origin})
            assert "access-control-allow-origin" not in passed.headers
            assert passed.headers["vary"] == "Origin"
    assert not [received for received in service.requests if received.line.startswith("OPTIONS")]


async def test_a_page_of_the_web_app_may_prove_itself_and_read_what_it_needs() -> None:
    asked_for = "content-type, x-csrf-protection, last-event-id, idempotency-key, if-match"
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": asked_for}
    async with gateway_before_one(cors_origins=[APP]) as (url, _), httpx.AsyncClient(base_url=url) as client:
        asked = await client.options("/v1/auth/refresh", headers={"Origin": APP, **preflight})
        called = await client.post("/v1/auth/refresh", json={}, headers={"Origin": APP})
    allowed = asked.headers["access-control-allow-headers"].split(", ")
    assert set(asked_for.split(", ")) <= set(allowed)
    assert asked.headers["access-control-allow-credentials"] == "true"
    exposed = called.headers["access-control-expose-headers"].split(", ")
    assert {"etag", "location", "retry-after", "ratelimit", "x-request-id"} <= set(exposed)
    assert called.headers["access-control-allow-credentials"] == "true"


async def test_cookies_pass_in_both_directions_as_they_are() -> None:
    sent = ["stackpro_session=a-b_c; Path=/v1/auth; HttpOnly", 'other="x y"; Max-Age=0']

    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        lines = "".join(f"set-cookie: {line}\r\n" for line in sent)
        writer.write(f"HTTP/1.1 204 No Content\r\n{lines}\r\n".encode())

    headers = [("Cookie", "a=1; stackpro_session=x"), ("Cookie", "b=2"), ("Origin", APP), ("X-CSRF-Protection", "1")]
    async with (
        raw_service(behave) as service,
        gateway_before({"auth": service.url}, cors_origins=[APP]) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        answer = await client.post("/v1/auth/refresh", headers=headers)
    received = service.requests[-1]
    assert answer.headers.get_list("set-cookie") == sent
    assert [value for name, value in received.headers if name == "cookie"] == ["a=1; stackpro_session=x", "b=2"]
    assert (received.header("origin"), received.header("x-csrf-protection")) == (APP, "1")


async def test_load_is_shed_before_it_hurts_and_login_last() -> None:
    go_on = asyncio.Event()

    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        await go_on.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    async with (
        raw_service(behave) as service,
        gateway_before({"billing": service.url, "auth": service.url}, limits={"waiting_requests": 2}) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        waiting = [asyncio.create_task(client.get(PUBLIC)) for _ in range(2)]
        await eventually(lambda: len(service.requests) == 2)
        shed = await client.get(PUBLIC)
        assert (shed.status_code, shed.json()["code"]) == (503, "overloaded")
        assert int(shed.headers["retry-after"]) > 0
        last = [
            asyncio.create_task(client.post("/v1/auth/login", json={})),
            asyncio.create_task(client.post("/webhooks/stripe", json={})),
        ]
        await eventually(lambda: len(service.requests) == 4)
        assert (await client.post("/v1/auth/login", json={})).status_code == 503
        go_on.set()
        assert {answer.status_code for answer in await asyncio.gather(*waiting, *last)} == {200}
        assert (await client.get(PUBLIC)).status_code == 200


async def test_streams_do_not_count_as_waiting() -> None:
    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        if "jwks" in received.line:
            raise ConnectionError
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n")
        await received.reader.read()

    async with (
        raw_service(behave) as service,
        gateway_before({"billing": service.url}, limits={"waiting_requests": 1}) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
        client.stream("GET", PUBLIC) as first,
    ):
        await anext(first.aiter_raw())
        async with client.stream("GET", PUBLIC) as second:
            assert second.status_code == 200


async def test_jwks_of_the_tests_is_what_the_gateway_forwards() -> None:
    async with gateway_before_one() as (url, _), httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/.well-known/jwks.json")
    assert answer.json()["keys"] == await jwks()
