"""What every service's HTTP does: who may ask, what is refused and how, and what happens under harm."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from libs.common.access_mode import Mode, apply_access_change
from libs.common.application import create_application
from libs.common.database import Database
from libs.common.security.jose import SigningKey, new_private_key
from libs.contracts.billing import TenantAccessChanged
from tests.libs.common.sample.service import SERVICE, Note, SampleSettings
from tests.support.http_server import served
from tests.support.identities import access_token, as_member, as_service, bearer


@pytest.fixture(scope="module")
async def url(sample_settings: SampleSettings) -> AsyncIterator[str]:
    async with served(create_application(SERVICE, sample_settings)) as url:
        yield url


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url) as client:
        yield client


def _is_problem(response: httpx.Response, status: int, code: str) -> None:
    assert (response.status_code, response.json().get("code")) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert response.json()["detail"]


async def test_a_member_with_the_permission_is_served(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/notes", json={"text": "hello"}, headers=as_member(uuid4()))
    assert response.status_code == 201
    assert response.json()["text"] == "hello"


async def test_who_is_not_signed_in_is_refused(client: httpx.AsyncClient) -> None:
    _is_problem(await client.post("/v1/notes", json={"text": "hello"}), 401, "unauthenticated")


@pytest.mark.parametrize(
    "token",
    [
        access_token(uuid4(), expires_in=-60),
        access_token(uuid4(), key=SigningKey(new_private_key())),
        access_token(uuid4())[:-4] + "AAAA",
        "nonsense",
        as_service("gateway", to="sample")["Authorization"].removeprefix("Bearer "),
    ],
    ids=["expired", "foreign key", "forged", "nonsense", "assertion of a service"],
)
async def test_a_token_that_is_not_a_valid_access_token_is_refused(client: httpx.AsyncClient, token: str) -> None:
    response = await client.post("/v1/notes", json={"text": "hello"}, headers=bearer(token))
    _is_problem(response, 401, "invalid_token")


async def test_a_member_without_the_permission_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/notes", json={"text": "hello"}, headers=as_member(uuid4(), role="viewer"))
    _is_problem(response, 403, "forbidden")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"text": 5}, "/text"), ({}, "/text"), ({"text": "a", "colour": "red"}, "/colour"), ({"text": ""}, "/text")],
)
async def test_a_wrong_field_is_named(client: httpx.AsyncClient, body: dict[str, object], pointer: str) -> None:
    response = await client.post("/v1/notes", json=body, headers=as_member(uuid4()))
    _is_problem(response, 422, "invalid_request")
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_an_unexpected_error_shows_nothing_of_the_inside(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/broken")
    _is_problem(response, 500, "internal_error")
    assert "secret detail" not in response.text


async def test_what_does_not_exist_is_a_problem_document_too(client: httpx.AsyncClient) -> None:
    _is_problem(await client.get("/v1/nothing"), 404, "not_found")
    assert (await client.put("/v1/notes")).headers["content-type"] == "application/problem+json"


async def test_only_a_service_named_in_the_contract_may_call_an_internal_operation(client: httpx.AsyncClient) -> None:
    path = f"/internal/tenants/{uuid4()}/notes"
    assert (await client.get(path, headers=as_service("gateway", to="sample"))).status_code == 200
    _is_problem(await client.get(path, headers=as_service("billing", to="sample")), 403, "forbidden")
    _is_problem(await client.get(path, headers=as_service("gateway", to="billing")), 401, "invalid_assertion")
    _is_problem(await client.get(path, headers=as_member(uuid4())), 401, "invalid_assertion")
    _is_problem(await client.get(path), 401, "unauthenticated")


@pytest.mark.parametrize(("mode", "code"), [("read_only", "tenant_read_only"), ("suspended", "tenant_suspended")])
async def test_the_access_mode_that_billing_announced_is_kept(
    client: httpx.AsyncClient, database: Database, mode: Mode, code: str
) -> None:
    tenant_id = uuid4()
    async with database.tenant_session(tenant_id) as session:
        await apply_access_change(session, TenantAccessChanged(tenant_id=tenant_id, version=1, mode=mode))
    response = await client.post("/v1/notes", json={"text": "hello"}, headers=as_member(tenant_id))
    _is_problem(response, 403, code)


async def test_a_write_that_is_sent_again_with_its_key_is_done_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    tenant_id = uuid4()
    headers = as_member(tenant_id) | {"Idempotency-Key": "key-number-one"}
    first = await client.post("/v1/notes", json={"text": "hello"}, headers=headers)
    second = await client.post("/v1/notes", json={"text": "hello"}, headers=headers)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second.headers["idempotent-replayed"] == "true"
    async with database.tenant_session(tenant_id) as session:
        assert await session.scalar(select(func.count()).select_from(Note)) == 1


async def test_a_key_with_another_body_is_refused(client: httpx.AsyncClient) -> None:
    headers = as_member(uuid4()) | {"Idempotency-Key": "key-number-two"}
    await client.post("/v1/notes", json={"text": "hello"}, headers=headers)
    response = await client.post("/v1/notes", json={"text": "other"}, headers=headers)
    _is_problem(response, 422, "idempotency_key_reused")


async def test_the_same_key_many_times_at_once_writes_once(client: httpx.AsyncClient, database: Database) -> None:
    tenant_id = uuid4()
    headers = as_member(tenant_id) | {"Idempotency-Key": "key-number-three"}
    answers = await asyncio.gather(
        *(client.post("/v1/notes", json={"text": "hello"}, headers=headers) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    async with database.tenant_session(tenant_id) as session:
        assert await session.scalar(select(func.count()).select_from(Note)) == 1


async def test_the_key_of_another_tenant_is_not_known(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "key-number-four"}
    mine = await client.post("/v1/notes", json={"text": "mine"}, headers=as_member(uuid4()) | key)
    other = await client.post("/v1/notes", json={"text": "mine"}, headers=as_member(uuid4()) | key)
    assert mine.json()["id"] != other.json()["id"]


async def test_a_body_of_two_mebibytes_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/v1/notes", content=b'{"text": "' + b"x" * 2_097_152 + b'"}', headers=as_member(uuid4())
    )
    _is_problem(response, 413, "payload_too_large")


async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/livez", "/v1/nothing"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


async def test_the_probes_tell_a_live_and_ready_process(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).json() == {"status": "alive"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}
    assert "http_request_duration_seconds" in (await client.get("/metrics")).text


async def test_a_request_id_from_outside_is_kept_only_if_it_is_harmless(client: httpx.AsyncClient) -> None:
    kept = await client.get("/livez", headers={"X-Request-Id": "abcdef-123456"})
    replaced = await client.get("/livez", headers={"X-Request-Id": "<script>alert(1)</script>"})
    assert kept.headers["x-request-id"] == "abcdef-123456"
    assert "script" not in replaced.headers["x-request-id"]
