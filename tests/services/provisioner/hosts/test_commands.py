"""Commands reach the host they are for within milliseconds, once answered they are settled for good."""

import asyncio
import json
from uuid import UUID

import httpx

from libs.adapters.secrets import open_secrets, tenant_key
from services.provisioner.hosts.commands import find_command
from services.provisioner.hosts.models import HostCommand
from services.provisioner.hosts.payloads import BundleOrder
from services.provisioner.settings import ProvisionerSettings
from services.provisioner.stack_apps.catalogue import generate_secrets
from tests.services.provisioner.hosts.world import Fleet, Tenant, register, settle


async def _fetched(client: httpx.AsyncClient, agent: dict[str, str], *, wait: float = 0) -> list[dict[str, object]]:
    answer = await client.get(f"/agent/v1/commands?wait={wait}", headers=agent)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


async def _read(fleet: Fleet, tenant: Tenant, command_id: UUID) -> HostCommand:
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        found = await find_command(session, command_id)
    assert found is not None
    return found


async def test_a_command_ends_the_long_poll_of_its_host_at_once(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host, tenant = await fleet.host(ready=False), await fleet.tenant()
    agent = await register(client, host)
    await _fetched(client, agent)
    polling = asyncio.create_task(_fetched(client, agent, wait=15))
    other = await fleet.host()
    await fleet.command(tenant, other, delete_data=False)
    command_id = await fleet.command(tenant, host, delete_data=True)
    [command] = await asyncio.wait_for(polling, 10)
    assert command == {
        "id": str(command_id),
        "kind": "remove_stack",
        "stack": {"slug": tenant.slug, "tenant_id": str(tenant.tenant_id)},
        "payload": {"delete_data": True},
    }


async def test_a_command_is_delivered_until_its_result_came_and_never_after(
    client: httpx.AsyncClient, fleet: Fleet
) -> None:
    host, tenant = await fleet.host(ready=False), await fleet.tenant()
    agent = await register(client, host)
    first, second = [await fleet.command(tenant, host, delete_data=True) for _ in range(2)]
    assert [each["id"] for each in await _fetched(client, agent)] == [str(first), str(second)]
    assert (await settle(client, first, agent)).status_code == 204
    assert [each["id"] for each in await _fetched(client, agent)] == [str(second)]


async def test_the_first_result_of_a_command_stands(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host, tenant = await fleet.host(ready=False), await fleet.tenant()
    agent = await register(client, host)
    command_id = await fleet.command(tenant, host, delete_data=True)
    assert (await settle(client, command_id, agent, data_deleted=True)).status_code == 204
    settled = await _read(fleet, tenant, command_id)
    assert (await settle(client, command_id, agent, data_deleted=False)).status_code == 204
    again = await _read(fleet, tenant, command_id)
    assert (again.result, again.finished_at) == (settled.result, settled.finished_at)


async def test_a_host_neither_sees_nor_settles_the_commands_of_another(client: httpx.AsyncClient, fleet: Fleet) -> None:
    host, other, tenant = await fleet.host(ready=False), await fleet.host(ready=False), await fleet.tenant()
    agent = await register(client, other)
    command_id = await fleet.command(tenant, host, delete_data=True)
    assert await _fetched(client, agent) == []
    refused = await settle(client, command_id, agent)
    assert (refused.status_code, refused.json()["code"]) == (404, "host_command_not_found")
    assert (await _read(fleet, tenant, command_id)).status == "queued"


async def test_secrets_stand_in_the_answer_and_not_in_the_database(
    client: httpx.AsyncClient, fleet: Fleet, settings: ProvisionerSettings
) -> None:
    host, tenant = await fleet.host(ready=False), await fleet.tenant()
    agent = await register(client, host)
    values = generate_secrets()
    async with open_secrets(settings.secrets) as secrets:
        await secrets.put(tenant_key(tenant.tenant_id, "stack", "applications"), json.dumps(values))
        await secrets.put(tenant_key(tenant.tenant_id, "stack", "databases"), json.dumps(values))
    order = BundleOrder(generation=1, site_name="Acme", domain="localhost", size="small", scheme="http")
    command_id = await fleet.command(tenant, host, kind="apply_stack", **order.model_dump(mode="json"))
    [command] = await _fetched(client, agent)
    assert values["crm_database_password"] in json.dumps(command)
    kept = json.dumps((await _read(fleet, tenant, command_id)).payload)
    assert not [name for name, value in values.items() if value in kept]


async def test_one_command_that_cannot_be_resolved_does_not_hold_up_the_others(
    client: httpx.AsyncClient, fleet: Fleet
) -> None:
    host, tenant, careless = await fleet.host(ready=False), await fleet.tenant(), await fleet.tenant()
    agent = await register(client, host)
    order = BundleOrder(generation=1, site_name="Acme", domain="localhost", size="small", scheme="http")
    await fleet.command(careless, host, kind="apply_stack", **order.model_dump(mode="json"))
    command_id = await fleet.command(tenant, host, delete_data=True)
    assert [each["id"] for each in await _fetched(client, agent)] == [str(command_id)]
