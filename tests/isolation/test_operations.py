"""Every operation of every service, called by everybody who must not get through. The operations are read from the
routes, so that a new one is tested, or found missing here, without anybody's thinking of it."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest

from libs.common.security.assertions import AssertionSigner
from libs.common.security.jose import SigningKey, new_private_key
from tests.isolation.conftest import Tenants
from tests.support.identities import SERVICE_KEYS, access_token, as_service, bearer
from tests.support.tenants import Tenant
from tools.operations import PUBLIC, Operation, all_operations, applications, operations_by_role
from tools.snapshots import ANEW, OPERATIONS

Clients = Mapping[str, httpx.AsyncClient]
OPERATIONS_OF_MEMBERS = [operation for operation in all_operations() if operation.audience == "member"]
OPERATIONS_OF_SERVICES = [operation for operation in all_operations() if operation.audience == "service"]
OPERATIONS_OF_HOSTS = [operation for operation in all_operations() if operation.audience == "host"]
GUARDED = [operation for operation in all_operations() if operation.audience in {"member", "service", "host"}]
WITH_IDS = [operation for operation in OPERATIONS_OF_MEMBERS if operation.parameters]
EXEMPT = {
    "GET /v1/me": "signing in and out is possible always",
    "PATCH /v1/me": "an account is the person's, not the business's",
    "POST /v1/me/password": "an account is the person's, not the business's",
    "GET /v1/auth/sessions": "signing in and out is possible always",
    "DELETE /v1/auth/sessions": "signing in and out is possible always",
    "DELETE /v1/auth/sessions/{session_id}": "signing in and out is possible always",
    "DELETE /v1/members/me": "a person may leave always",
    "GET /v1/billing/subscription": "a suspended tenant must be able to pay",
    "POST /v1/realtime/tickets": "reading goes on while a business may only read; the socket refuses a suspended one",
    "GET /v1/billing/usage": "shows a suspended tenant what it would need",
    "POST /v1/billing/checkout": "a suspended tenant must be able to pay",
    "GET /v1/dashboard": "shows the tenant that it is suspended, and why",
}
"""Operations that no access mode closes, and why."""
SHARED_PARAMETERS = {
    "plan": "business",
    "entitlement": "storage_bytes",
    "reservation_id": str(uuid4()),
    "emoji": "👍",
    "number": "1",
    "command_id": str(uuid4()),
    "kid": "unknown",
}
"""Path parameters that name nothing of a tenant's."""
INTERNAL_BODIES = {
    "reserve_entitlement": {"id": str(uuid4()), "quantity": 1, "seconds": 60},
    "finalise_reservation": {"quantity": 0},
    "send_assistant_answer": {"text": "It is."},
}
"""Bodies of operations that no document shows."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def by_operation(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=lambda one: f"{one.service} {one.line}")


def path_of(operation: Operation, things: Mapping[str, str]) -> str:
    """The path with the tenant's own things in it; fails where the tests have no thing for a parameter."""
    path = operation.path
    for name in operation.parameters:
        assert name in things or name in SHARED_PARAMETERS, f"tests/isolation makes nothing for the path's {name!r}"
        path = path.replace(f"{{{name}}}", things.get(name) or SHARED_PARAMETERS[name])
    return path


def example_body(operation: Operation, things: Mapping[str, str]) -> Any:
    """The first example of the body, from the service's own document, with the tenant's own things in it."""
    if operation.name in INTERNAL_BODIES:
        return INTERNAL_BODIES[operation.name]
    document = applications()[operation.service].openapi()
    shown = document["paths"].get(operation.path, {}).get(operation.method.lower(), {})
    schema = shown.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    target = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    shown_fields = {name: field for name, field in target["properties"].items() if "examples" in field}
    return {name: things.get(name, field["examples"][0]) for name, field in shown_fields.items()}


def example_query(operation: Operation) -> dict[str, Any]:
    """The first example of each parameter that the query must have."""
    document = applications()[operation.service].openapi()
    shown = document["paths"].get(operation.path, {}).get(operation.method.lower(), {})
    needed = [one for one in shown.get("parameters", ()) if one["in"] == "query" and one["required"]]
    return {one["name"]: one["schema"]["examples"][0] for one in needed}


async def call(
    clients: Clients, operation: Operation, things: Mapping[str, str], headers: Mapping[str, str]
) -> httpx.Response:
    """The answer, with its body; of a stream, which may never end, only its first part."""
    stream = clients[operation.service].stream(
        operation.method,
        path_of(operation, things),
        headers=headers,
        params=example_query(operation),
        json=example_body(operation, things),
    )
    async with stream as response:
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            return httpx.Response(
                response.status_code, headers=response.headers, text=await anext(response.aiter_text())
            )
        await response.aread()
        return response


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem document."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    return response.status_code, response.json()["code"]


def without_ids(response: httpx.Response, asked_for: str) -> str:
    """The answer without what differs between two equal ones: the request's id and the thing that was asked for."""
    body = response.json() | {"request_id": ""}
    return json.dumps(body).replace(asked_for, "…")


def test_every_route_demands_a_member_a_service_or_a_host_or_is_public_for_a_reason() -> None:
    unclassified = [f"{one.service} {one.line}" for one in all_operations() if one.audience == "unclassified"]
    assert unclassified == [], "demand a member, service or host, or name it in tools/operations.py with the reason"


def test_nothing_is_called_public_that_does_not_exist_or_is_not() -> None:
    assert set(PUBLIC) == {one.line for one in all_operations() if one.audience == "public"}


def test_only_operations_named_here_are_open_to_a_suspended_tenant() -> None:
    exempt = {one.line for one in OPERATIONS_OF_MEMBERS if one.demand and one.demand.exempt_from_access_mode}
    assert exempt == set(EXEMPT)


def test_every_internal_path_demands_a_service() -> None:
    internal = {one.line for one in all_operations() if one.path.startswith("/internal")}
    assert internal == {one.line for one in OPERATIONS_OF_SERVICES}
    assert internal, "no internal operation was found"


def test_every_internal_operation_has_a_caller_in_the_contract() -> None:
    assert [one.line for one in OPERATIONS_OF_SERVICES if not one.callers] == []


def test_who_may_call_what_is_as_it_was_reviewed() -> None:
    assert operations_by_role() == json.loads(OPERATIONS.read_text()), ANEW


@by_operation(GUARDED)
async def test_nobody_gets_in_without_credentials(operation: Operation, clients: Clients, tenants: Tenants) -> None:
    assert refusal(await call(clients, operation, tenants.usual.things, {}))[0] == 401


@by_operation(GUARDED)
async def test_a_forged_or_expired_token_opens_nothing(
    operation: Operation, clients: Clients, tenants: Tenants
) -> None:
    usual, stranger = tenants.usual, SigningKey(new_private_key())
    expired = access_token(usual.id, user_id=usual.owner, expires_in=-60)
    unsigned = f"{expired.rsplit('.', 1)[0]}."
    for token in (access_token(usual.id, key=stranger), expired, unsigned, "nonsense", "a.b.c"):
        assert refusal(await call(clients, operation, usual.things, bearer(token)))[0] == 401


@by_operation([*OPERATIONS_OF_MEMBERS, *OPERATIONS_OF_HOSTS])
async def test_a_service_is_no_member_and_no_host(operation: Operation, clients: Clients, tenants: Tenants) -> None:
    for name in SERVICE_KEYS:
        headers = as_service(name, to=operation.service)
        assert refusal(await call(clients, operation, tenants.usual.things, headers))[0] == 401


@by_operation([*OPERATIONS_OF_SERVICES, *OPERATIONS_OF_HOSTS])
async def test_a_member_is_no_service_and_no_host(operation: Operation, clients: Clients, tenants: Tenants) -> None:
    usual = tenants.usual
    assert refusal(await call(clients, operation, usual.things, usual.member()))[0] == 401


@by_operation(OPERATIONS_OF_MEMBERS)
async def test_exactly_the_roles_with_the_permission_get_through(
    operation: Operation, clients: Clients, tenants: Tenants
) -> None:
    for role in ("owner", "admin", "member", "viewer"):
        things = await tenants.usual.new_things(operation.service)
        response = await call(clients, operation, things, tenants.usual.member(role=role))
        if role in operation.roles:
            assert response.status_code not in {401, 403, 404, 405}, response.text
            assert response.status_code < 500, response.text
        else:
            assert refusal(response) == (403, "forbidden")


@by_operation(WITH_IDS)
async def test_what_belongs_to_another_tenant_is_as_if_it_did_not_exist(
    operation: Operation, clients: Clients, tenants: Tenants
) -> None:
    nothing = {name: str(uuid4()) for name in operation.parameters}
    for name in set(operation.parameters) - SHARED_PARAMETERS.keys():
        own, foreign = await tenants.other.new_things(operation.service), tenants.usual.things
        asked = await call(clients, operation, {**own, name: foreign[name]}, tenants.other.member())
        invented = await call(clients, operation, {**own, name: nothing[name]}, tenants.other.member())
        assert refusal(asked)[0] == 404
        assert refusal(asked) == refusal(invented)
        assert without_ids(asked, foreign[name]) == without_ids(invented, nothing[name])
        assert asked.headers.keys() == invented.headers.keys()


@by_operation([operation for operation in OPERATIONS_OF_MEMBERS if operation.method == "GET"])
async def test_an_answer_names_nothing_of_another_tenant(
    operation: Operation, clients: Clients, tenants: Tenants
) -> None:
    own, foreign = tenants.usual, tenants.other
    response = await call(clients, operation, await own.new_things(operation.service), own.member())
    assert response.status_code == 200, response.text
    assert [mark for mark in foreign.marks if mark in response.text] == []


@by_operation(OPERATIONS_OF_SERVICES)
async def test_exactly_the_services_named_in_the_contract_get_through(
    operation: Operation, clients: Clients, tenants: Tenants
) -> None:
    for name in SERVICE_KEYS:
        response = await call(clients, operation, tenants.usual.things, as_service(name, to=operation.service))
        if name in operation.callers:
            assert response.status_code in _answers_to_services(operation), response.text
        else:
            assert refusal(response) == (403, "forbidden")


def _answers_to_services(operation: Operation) -> set[int]:
    # Operations about time exist only where the clock can be moved, which it cannot in these services; and no key that
    # the others need is withdrawn.
    missing = {"get_pending_work", "run_due_sweeps", "withdraw_signing_key"}
    return {404} if operation.name in missing else {200, 201, 202, 204}


@by_operation(OPERATIONS_OF_SERVICES)
async def test_an_assertion_for_another_service_or_by_another_key_opens_nothing(
    operation: Operation, clients: Clients, tenants: Tenants
) -> None:
    caller = min(operation.callers)
    for other in SERVICE_KEYS.keys() - {operation.service}:
        response = await call(clients, operation, tenants.usual.things, as_service(caller, to=other))
        assert refusal(response) == (401, "invalid_assertion")
    forged = AssertionSigner(caller, new_private_key()).assertion(operation.service)
    impostor = AssertionSigner(caller, SERVICE_KEYS["sample"]).assertion(operation.service)
    for token in (forged, impostor):
        response = await call(clients, operation, tenants.usual.things, bearer(token))
        assert refusal(response) == (401, "invalid_assertion")


@by_operation(OPERATIONS_OF_MEMBERS)
async def test_a_suspended_tenant_may_do_only_what_is_exempt(
    operation: Operation, clients: Clients, tenants: Tenants
) -> None:
    await _check_mode(operation, clients, tenants.suspended, open_to_it=False, code="tenant_suspended")


@by_operation(OPERATIONS_OF_MEMBERS)
async def test_a_read_only_tenant_may_read_and_do_what_is_exempt(
    operation: Operation, clients: Clients, tenants: Tenants
) -> None:
    reads = operation.method in READING
    await _check_mode(operation, clients, tenants.read_only, open_to_it=reads, code="tenant_read_only")


async def _check_mode(operation: Operation, clients: Clients, tenant: Tenant, *, open_to_it: bool, code: str) -> None:
    response = await call(clients, operation, await tenant.new_things(operation.service), tenant.member())
    if open_to_it or operation.line in EXEMPT:
        assert response.status_code not in {401, 403, 404}, response.text
    else:
        assert refusal(response) == (403, code)
