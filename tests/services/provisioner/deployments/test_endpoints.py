"""What a member sees of their business's deployments, and may do to them."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from services.provisioner.deployments import repository
from services.provisioner.engine.step import PHASES, StepFailed
from tests.services.provisioner.engine.factories import Tenancy, engine_on, run_to_end
from tests.services.provisioner.engine.world import World
from tests.support.identities import access_token, as_member, as_service, bearer


async def begun(tenancy: Tenancy) -> UUID:
    deployment_id = await tenancy.created()
    assert deployment_id is not None
    return deployment_id


async def test_a_deployment_shows_its_eight_phases_with_their_steps(
    client: httpx.AsyncClient, tenancy: Tenancy, world: World
) -> None:
    deployment_id = await begun(tenancy)
    world.waits["make_compute"] = 1
    await engine_on(tenancy.database, world).run_due()
    answer = await client.get(f"/v1/deployments/{deployment_id}", headers=as_member(tenancy.tenant_id))
    seen = answer.json()
    assert answer.status_code == 200
    assert [phase["name"] for phase in seen["phases"]] == list(PHASES)
    assert [phase["status"] for phase in seen["phases"]] == ["done"] * 4 + ["waiting"] + ["pending"] * 3
    assert (seen["status"], seen["progress"], seen["cancelable"], seen["error"]) == ("waiting", 50, True, None)
    assert seen["phases"][4]["steps"][0]["reason"] == "make_compute is on its way."
    await run_to_end(tenancy, world, deployment_id)
    seen = (await client.get(f"/v1/deployments/{deployment_id}", headers=as_member(tenancy.tenant_id))).json()
    assert (seen["status"], seen["progress"], seen["cancelable"]) == ("succeeded", 100, False)


async def test_the_list_is_paged_newest_first(client: httpx.AsyncClient, tenancy: Tenancy) -> None:
    first = await begun(tenancy)
    others = [await tenancy.requested("convert") for _ in range(4)]
    headers = as_member(tenancy.tenant_id)
    found: list[str] = []
    cursor = ""
    while len(found) < 5:
        page = (await client.get(f"/v1/deployments?limit=2{cursor}", headers=headers)).json()
        found += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert found == [str(each) for each in (*reversed(others), first)]


async def test_a_cursor_of_another_tenant_is_refused(client: httpx.AsyncClient, tenancy: Tenancy) -> None:
    await begun(tenancy)
    await tenancy.requested("convert")
    page = (await client.get("/v1/deployments?limit=1", headers=as_member(tenancy.tenant_id))).json()
    for cursor in (page["next_cursor"], "nonsense"):
        answer = await client.get(f"/v1/deployments?cursor={cursor}", headers=as_member(uuid4()))
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/events"), ("POST", "/cancel"), ("POST", "/retry")],
)
async def test_another_tenants_deployment_is_not_found(
    client: httpx.AsyncClient, tenancy: Tenancy, method: str, path: str
) -> None:
    deployment_id = await begun(tenancy)
    answer = await client.request(method, f"/v1/deployments/{deployment_id}{path}", headers=as_member(uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (404, "deployment_not_found")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.get("/v1/deployments", headers=as_member(uuid4()))).json()["items"] == []


async def test_a_viewer_may_look_and_not_touch(client: httpx.AsyncClient, tenancy: Tenancy) -> None:
    deployment_id = await begun(tenancy)
    viewer = as_member(tenancy.tenant_id, role="viewer")
    assert (await client.get(f"/v1/deployments/{deployment_id}", headers=viewer)).status_code == 200
    for act in ("cancel", "retry"):
        assert (await client.post(f"/v1/deployments/{deployment_id}/{act}", headers=viewer)).status_code == 403
    assert (await client.get(f"/v1/deployments/{deployment_id}")).status_code == 401


async def test_cancel_and_retry_answer_202_and_409(client: httpx.AsyncClient, tenancy: Tenancy, world: World) -> None:
    owner = as_member(tenancy.tenant_id)
    deployment_id = await begun(tenancy)
    assert (await client.post(f"/v1/deployments/{deployment_id}/retry", headers=owner)).status_code == 409
    assert (await client.post(f"/v1/deployments/{deployment_id}/cancel", headers=owner)).status_code == 202
    assert (await run_to_end(tenancy, world, deployment_id)).status == "canceled"
    refused = await client.post(f"/v1/deployments/{deployment_id}/cancel", headers=owner)
    assert (refused.status_code, refused.json()["code"]) == (409, "deployment_finished")
    retried = await client.post(f"/v1/deployments/{deployment_id}/retry", headers=owner)
    again = await client.post(f"/v1/deployments/{deployment_id}/retry", headers=owner)
    assert retried.status_code == again.status_code == 202
    assert retried.json() == again.json()
    assert (await run_to_end(tenancy, world, UUID(retried.json()["id"]))).status == "succeeded"


async def test_a_failed_deployment_tells_the_customer_what_and_what_next(
    client: httpx.AsyncClient, tenancy: Tenancy, world: World
) -> None:
    world.broken["make_dns_tls"] = StepFailed("caa", "A CAA record forbids it.", operator_detail="arn:secret")
    deployment_id = await begun(tenancy)
    await run_to_end(tenancy, world, deployment_id)
    answer = await client.get(f"/v1/deployments/{deployment_id}", headers=as_member(tenancy.tenant_id))
    seen = answer.json()
    assert seen["error"] == {
        "code": "caa", "message": "A CAA record forbids it.", "step": "make_dns_tls", "phase": "dns_tls",
    }  # fmt: skip
    assert "Retry" in seen["message"]
    assert "arn:secret" not in answer.text


def events_of(text: str) -> list[dict[str, str]]:
    blocks = [block for block in text.split("\n\n") if block.strip() and not block.startswith(":")]
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]


async def test_the_stream_tells_history_then_what_happens_then_ends(
    client: httpx.AsyncClient, tenancy: Tenancy, world: World
) -> None:
    deployment_id = await begun(tenancy)
    world.waits["make_compute"] = 1
    await engine_on(tenancy.database, world).run_due()
    path, headers = f"/v1/deployments/{deployment_id}/events", as_member(tenancy.tenant_id)
    following = asyncio.create_task(client.get(path, headers=headers))
    await run_to_end(tenancy, world, deployment_id)
    answer = await following
    events = events_of(answer.text)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [int(event["id"]) for event in events[:-1]] == list(range(1, len(events)))
    assert events[-1]["event"] == "end"
    assert '"succeeded"' in events[-1]["data"]
    resumed = events_of((await client.get(path, headers=headers | {"Last-Event-ID": events[-3]["id"]})).text)
    assert resumed == events[-2:]


async def test_the_stream_is_live(client: httpx.AsyncClient, tenancy: Tenancy, world: World) -> None:
    deployment_id = await begun(tenancy)
    headers = as_member(tenancy.tenant_id)
    async with client.stream("GET", f"/v1/deployments/{deployment_id}/events", headers=headers) as stream:
        lines = stream.aiter_lines()
        assert await next_event(lines) == "deployment"
        world.gate = asyncio.Event()
        working = asyncio.create_task(engine_on(tenancy.database, world).run_due())
        assert await asyncio.wait_for(next_event(lines), 5) == "deployment"
        assert await asyncio.wait_for(next_event(lines), 5) == "step"
        world.gate.set()
        await working


async def test_what_is_committed_comes_on_the_stream_one_by_one(client: httpx.AsyncClient, tenancy: Tenancy) -> None:
    deployment_id = await begun(tenancy)
    headers = as_member(tenancy.tenant_id)
    async with client.stream("GET", f"/v1/deployments/{deployment_id}/events", headers=headers) as stream:
        lines = stream.aiter_lines()
        await next_event(lines)
        for _ in range(5):
            async with tenancy.database.tenant_session(tenancy.tenant_id) as session:
                deployment = await repository.find_deployment(session, deployment_id, lock=True)
                assert deployment is not None
                await repository.append_event(session, deployment, "log", {"message": "A line."})
            assert await asyncio.wait_for(next_event(lines), 5) == "log"


async def next_event(lines: AsyncIterator[str]) -> str:
    async for line in lines:
        if line.startswith("event: "):
            return line.removeprefix("event: ")
    return "closed"


async def test_the_stream_asks_for_a_new_token_when_the_old_one_expires(
    client: httpx.AsyncClient, tenancy: Tenancy
) -> None:
    deployment_id = await begun(tenancy)
    headers = bearer(access_token(tenancy.tenant_id, expires_in=2))
    answer = await client.get(f"/v1/deployments/{deployment_id}/events", headers=headers)
    assert events_of(answer.text)[-1]["event"] == "reauthenticate"


async def test_a_bad_last_event_id_is_refused(client: httpx.AsyncClient, tenancy: Tenancy) -> None:
    deployment_id = await begun(tenancy)
    for value in ("x", "-1"):
        headers = as_member(tenancy.tenant_id) | {"Last-Event-ID": value}
        assert (await client.get(f"/v1/deployments/{deployment_id}/events", headers=headers)).status_code == 422


async def test_the_stack_is_shown_to_its_tenant_and_to_the_gateway(
    client: httpx.AsyncClient, tenancy: Tenancy, world: World
) -> None:
    owner, gateway = as_member(tenancy.tenant_id), as_service("gateway", to="provisioner")
    assert (await client.get("/v1/stacks/current", headers=owner)).status_code == 404
    deployment_id = await begun(tenancy)
    assert (await client.get("/v1/stacks/current", headers=owner)).json()["status"] == "queued"
    await run_to_end(tenancy, world, deployment_id)
    stack = (await client.get("/v1/stacks/current", headers=owner)).json()
    assert (stack["status"], stack["host_kind"], stack["drift"], stack["generation"]) == ("healthy", "shared", 0, 1)
    assert stack["url"] == f"http://{stack['slug']}.localhost:8000"
    overview = f"/internal/tenants/{tenancy.tenant_id}/stack-overview"
    seen = (await client.get(overview, headers=gateway)).json()
    assert seen["stack"]["apps"]["crm"]["status"] == "healthy"
    assert [line["status"] for line in seen["deployments"]] == ["succeeded"]
    assert (await client.get(overview, headers=as_service("billing", to="provisioner"))).status_code == 403
    assert (await client.get(overview, headers=owner)).status_code == 401


async def test_the_drift_report_is_for_operators(client: httpx.AsyncClient, tenancy: Tenancy) -> None:
    path = "/internal/operations/drift"
    assert (await client.get(path, headers=as_service("cli", to="provisioner"))).json() == {"items": []}
    assert (await client.get(path, headers=as_member(tenancy.tenant_id))).status_code == 401
