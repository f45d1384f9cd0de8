"""Addresses of a backup's files: for the host that works on it, while it works on it, bound to what it announced."""

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from libs.adapters.objects import Objects, open_objects
from libs.common.ids import new_id
from services.provisioner.backups import repository as backups
from services.provisioner.backups.models import Backup
from services.provisioner.hosts.models import Host
from services.provisioner.settings import ProvisionerSettings
from tests.services.provisioner.hosts.world import Fleet, Tenant, register, settle

BUCKET = "stackpro-tenants"
PART = b"the first part"
FILE = {"name": "part-000001", "size": len(PART), "sha256": hashlib.sha256(PART).hexdigest()}


@dataclass(frozen=True)
class Work:
    """A host that was told to back up, or restore, a tenant's stack."""

    client: httpx.AsyncClient
    host: Host
    agent: dict[str, str]
    tenant: Tenant
    backup_id: UUID
    command_id: UUID

    async def ask(self, verb: str, body: object, *, agent: dict[str, str] | None = None) -> httpx.Response:
        path = f"/agent/v1/commands/{self.command_id}/{verb}"
        return await self.client.post(path, json=body, headers=agent or self.agent)

    def key(self, name: str) -> str:
        return f"{self.tenant.tenant_id}/backups/{self.backup_id}/{name}"


async def begun(client: httpx.AsyncClient, fleet: Fleet, *, kind: str = "back_up_stack") -> Work:
    host, tenant, backup_id = await fleet.host(ready=False), await fleet.tenant(), new_id()
    async with fleet.database.tenant_session(tenant.tenant_id) as session:
        await backups.begin_backup(
            session,
            tenant_id=tenant.tenant_id,
            backup_id=backup_id,
            stack_id=tenant.stack_id,
            reason="convert",
            bucket=BUCKET,
        )
    agent = await register(client, host)
    command_id = await fleet.command(tenant, host, kind=kind, backup_id=str(backup_id))
    return Work(client, host, agent, tenant, backup_id, command_id)


async def set_status(fleet: Fleet, work: Work, status: str) -> None:
    async with fleet.database.tenant_session(work.tenant.tenant_id) as session:
        await session.execute(update(Backup).values(status=status, manifest_sha256="0" * 64))


async def stored(objects: Objects, work: Work, body: bytes) -> None:
    await objects.ensure_bucket(BUCKET)
    await objects.put(BUCKET, work.key("part-000001"), body)


async def test_an_order_says_how_long_parts_are(client: httpx.AsyncClient, fleet: Fleet) -> None:
    work = await begun(client, fleet)
    [command] = (await client.get("/agent/v1/commands?wait=0", headers=work.agent)).json()["items"]
    assert command["payload"] == {"backup_id": str(work.backup_id), "part_bytes": 256 * 1024**2, "freeze": False}


async def test_an_upload_goes_to_the_tenants_own_key_and_is_bound_to_what_was_announced(
    client: httpx.AsyncClient, fleet: Fleet, settings: ProvisionerSettings
) -> None:
    work = await begun(client, fleet)
    async with open_objects(settings.objects) as objects:
        await objects.ensure_bucket(BUCKET)
    answer = await work.ask("upload", FILE)
    assert answer.status_code == 200, answer.text
    url = urlsplit(answer.json()["target"]["url"])
    assert url.path == f"/{BUCKET}/{work.key('part-000001')}"
    signed = parse_qs(url.query)
    assert (signed["method"], signed["length"], signed["sha256"]) == (["PUT"], [str(len(PART))], [FILE["sha256"]])


async def test_a_part_that_is_stored_already_need_not_be_sent(
    client: httpx.AsyncClient, fleet: Fleet, settings: ProvisionerSettings
) -> None:
    work = await begun(client, fleet)
    async with open_objects(settings.objects) as objects:
        await stored(objects, work, PART)
    assert (await work.ask("upload", FILE)).json() == {"target": None}


async def test_a_part_that_is_stored_with_other_content_is_sent_again(
    client: httpx.AsyncClient, fleet: Fleet, settings: ProvisionerSettings
) -> None:
    work = await begun(client, fleet)
    async with open_objects(settings.objects) as objects:
        await stored(objects, work, PART[::-1])
    assert (await work.ask("upload", FILE)).json()["target"] is not None


async def test_a_download_is_given_for_a_complete_backup(client: httpx.AsyncClient, fleet: Fleet) -> None:
    work = await begun(client, fleet, kind="restore_stack")
    early = await work.ask("download", {"name": "manifest.json"})
    assert (early.status_code, early.json()["code"]) == (409, "backup_not_open")
    await set_status(fleet, work, "complete")
    answer = await work.ask("download", {"name": "manifest.json"})
    assert urlsplit(answer.json()["url"]).path == f"/{BUCKET}/{work.key('manifest.json')}"


@pytest.mark.parametrize("status", ["failed", "complete"])
async def test_a_backup_that_ended_takes_no_more_files(client: httpx.AsyncClient, fleet: Fleet, status: str) -> None:
    work = await begun(client, fleet)
    await set_status(fleet, work, status)
    answer = await work.ask("upload", FILE)
    assert (answer.status_code, answer.json()["code"]) == (409, "backup_not_open")


async def test_another_host_gets_no_address(client: httpx.AsyncClient, fleet: Fleet) -> None:
    work, other = await begun(client, fleet), await begun(client, fleet)
    answer = await work.ask("upload", FILE, agent=other.agent)
    assert (answer.status_code, answer.json()["code"]) == (404, "host_command_not_found")


async def test_a_settled_command_gets_no_address(client: httpx.AsyncClient, fleet: Fleet) -> None:
    work = await begun(client, fleet)
    await settle(client, work.command_id, work.agent)
    assert (await work.ask("upload", FILE)).status_code == 404


async def test_the_command_to_back_up_gives_no_download_and_the_one_to_restore_no_upload(
    client: httpx.AsyncClient, fleet: Fleet
) -> None:
    backing_up, restoring = await begun(client, fleet), await begun(client, fleet, kind="restore_stack")
    assert (await backing_up.ask("download", {"name": "part-000001"})).status_code == 404
    assert (await restoring.ask("upload", FILE)).status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"name": "../other/part-000001"}, {"name": "part-1"}, {"size": 5 * 1024**3 + 1}, {"size": -1}, {"sha256": "x"}],
)
async def test_only_files_of_a_backup_can_be_announced(
    client: httpx.AsyncClient, fleet: Fleet, change: dict[str, object]
) -> None:
    work = await begun(client, fleet)
    assert (await work.ask("upload", FILE | change)).status_code == 422
