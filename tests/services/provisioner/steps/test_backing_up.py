"""The step that backs a stack up before it moves: what is complete is kept, what is not leaves nothing behind."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from libs.adapters.objects import LocalObjectsSettings, Objects, open_objects
from libs.adapters.secrets import Secrets
from libs.common.database import Database
from libs.common.events import Event
from libs.contracts.billing import BillingClient
from libs.contracts.hosts import CommandError, CommandResult, StackApplied, StackBackedUp
from services.provisioner.backups.files import folder_of
from services.provisioner.backups.models import Backup
from services.provisioner.cloud.cloud import Cloud
from services.provisioner.engine import claim
from services.provisioner.engine.journal import Journal
from services.provisioner.engine.ledger import StepLedger
from services.provisioner.engine.step import DeploymentRef, Done, StackRef, StepContext, StepFailed, Wait
from services.provisioner.hosts.commands import settle_command
from services.provisioner.hosts.models import HostCommand
from services.provisioner.hosts.payloads import BundleOrder
from services.provisioner.stacks.desired_state import DesiredState
from services.provisioner.steps.dependencies import Context, Dependencies, StepRules
from services.provisioner.steps.moving import BackUpSource
from services.provisioner.steps.probe import Probe
from tests.services.provisioner.engine.factories import BUSINESS, Tenancy
from tests.services.provisioner.hosts.world import TOKENS, Fleet

BUCKET = "stackpro-tenants"
STEP = BackUpSource()
BACKED_UP = StackBackedUp(
    archive_bytes=30,
    archive_sha256="a" * 64,
    parts=2,
    manifest_bytes=2,
    manifest_sha256="b" * 64,
    files=1,
    content_bytes=1,
)


async def _no_log(_line: str) -> None: ...


async def _no_event(_event: Event) -> None: ...


@dataclass(frozen=True)
class Move:
    """A stack that is being backed up on a host which the test plays."""

    context: Context
    database: Database
    objects: Objects

    async def commands(self) -> list[HostCommand]:
        async with self.database.tenant_session(self.context.tenant_id) as session:
            return list(await session.scalars(select(HostCommand).order_by(HostCommand.created_at)))

    async def answer(self, kind: str, result: CommandResult) -> None:
        [command] = [each for each in await self.commands() if (each.kind, each.status) == (kind, "queued")]
        async with self.database.tenant_session(self.context.tenant_id) as session:
            assert await settle_command(session, command.id, command.host_id, result)

    async def backup(self) -> Backup:
        async with self.database.tenant_session(self.context.tenant_id) as session:
            return (await session.scalars(select(Backup))).one()

    async def send_parts(self, count: int) -> None:
        folder = (await self.backup()).folder
        for number in range(1, count + 1):
            await self.objects.put(BUCKET, f"{folder}part-{number:06d}", b"part")

    async def stored(self) -> list[str]:
        backup = await self.backup()
        folder = folder_of(self.context.tenant_id, backup.id)
        return [entry.key.removeprefix(folder) for entry in await self.objects.list_objects(BUCKET, folder)]

    async def archive_states(self) -> list[str]:
        async with self.database.tenant_session(self.context.tenant_id) as session:
            return list(await session.scalars(text("SELECT state FROM resource WHERE kind = 'backup_archive'")))


@pytest.fixture
async def objects(tmp_path: Path) -> AsyncIterator[Objects]:
    settings = {"root": tmp_path, "public_url": "http://127.0.0.1:1", "signing_key": "s" * 32}
    async with open_objects(LocalObjectsSettings.model_validate(settings)) as opened:
        yield opened


@pytest.fixture
async def move(database: Database, tenancy: Tenancy, objects: Objects) -> AsyncIterator[Move]:
    await tenancy.created()
    [lease] = await claim.claim(database, owner="test", seconds=60, limit=1)
    journal = await Journal.open(database, lease)
    host = await Fleet(database).host()
    context = _context(journal, objects, host_id=host.id)
    yield Move(context, database, objects)
    async with database.system_session() as session:
        for table in ("host_command", "backup", "host"):
            await session.execute(text(f"DELETE FROM {table}"))


def _context(journal: Journal, objects: Objects, *, host_id: UUID) -> Context:
    deployment = journal.deployment
    order = BundleOrder(generation=1, site_name="Acme", domain="localhost", size="small", scheme="http")
    unused = None
    dependencies = Dependencies(
        database=journal.database,
        cloud=cast(Cloud, unused),
        objects=objects,
        secrets=cast(Secrets, unused),
        billing=cast(BillingClient, unused),
        tokens=TOKENS,
        probe=cast(Probe, unused),
        rules=StepRules(
            agent_url="http://127.0.0.1:9",
            scheme="http",
            shared_bucket=BUCKET,
            poll_seconds=1,
            database_class="db.t3.medium",
            database_gib=20,
            objects_on_s3=False,
        ),
    )
    return StepContext(
        tenant_id=deployment.tenant_id,
        stack=StackRef(id=deployment.stack_id, slug="acme", region="us-east-1", aws_account=None),
        deployment=DeploymentRef(id=deployment.id, kind="convert", generation=2),
        desired=DesiredState(
            slug="acme",
            site_name="Acme",
            owner_user_id=uuid4(),
            region="us-east-1",
            base_domain="localhost",
            plan=BUSINESS,
        ),
        previous=None,
        outputs={},
        previous_outputs={"host": {"host_id": str(host_id)}, "render_bundle": {"order": order.model_dump(mode="json")}},
        own={},
        attempt=1,
        deadline=datetime.now(UTC),
        dependencies=dependencies,
        resources=StepLedger(journal, STEP.name),
        log=_no_log,
        announce=_no_event,
        step=STEP.name,
    )


async def test_a_complete_backup_keeps_its_own_parts_only(move: Move) -> None:
    assert isinstance(await STEP.ensure(move.context), Wait)
    await move.send_parts(5)
    await move.answer("back_up_stack", CommandResult(status="succeeded", result=BACKED_UP))

    assert isinstance(await STEP.ensure(move.context), Done)

    assert await move.stored() == ["part-000001", "part-000002"]
    backup = await move.backup()
    assert (backup.status, backup.parts) == ("complete", 2)


async def test_a_backup_that_failed_leaves_no_part_behind(move: Move) -> None:
    await STEP.ensure(move.context)
    await move.send_parts(3)
    error = CommandError(code="transfer_failed", detail="as ordered")
    await move.answer("back_up_stack", CommandResult(status="failed", error=error))

    for _ in range(2):
        with pytest.raises(StepFailed, match="transfer_failed"):
            await STEP.ensure(move.context)

    assert await move.stored() == []
    assert (await move.backup()).status == "failed"
    assert set(await move.archive_states()) == {"removed"}


async def test_a_backup_that_is_cancelled_is_given_up_at_once_and_removed_when_the_host_is_done(move: Move) -> None:
    await STEP.ensure(move.context)
    await move.send_parts(3)
    going_back = replace(move.context, attempt=2)

    assert isinstance(await STEP.compensate(going_back), Wait)

    assert (await move.backup()).status == "failed"
    assert len(await move.stored()) == 3
    await move.answer("apply_stack", CommandResult(status="succeeded", result=StackApplied(generation=1, apps=())))
    assert isinstance(await STEP.compensate(going_back), Done)
    assert await move.stored() == []
    assert await move.archive_states() == ["removed"]


async def test_a_complete_backup_of_a_move_that_goes_back_is_set_aside(move: Move) -> None:
    await STEP.ensure(move.context)
    await move.send_parts(2)
    await move.answer("back_up_stack", CommandResult(status="succeeded", result=BACKED_UP))
    await STEP.ensure(move.context)

    await STEP.compensate(move.context)
    await move.answer("apply_stack", CommandResult(status="succeeded", result=StackApplied(generation=1, apps=())))
    assert isinstance(await STEP.compensate(move.context), Done)

    assert await move.stored() == ["part-000001", "part-000002"]
    assert await move.archive_states() == ["quarantined"]
