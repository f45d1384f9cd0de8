"""Turns a queued command into what the agent is told: secrets stand in nothing but the answer."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.objects import Objects
from libs.adapters.secrets import Secrets, tenant_key
from libs.contracts.hosts import (
    ApplyStack,
    BackupOrder,
    BackUpStack,
    Command,
    RemovalOrder,
    RemoveStack,
    RestoreOrder,
    RestoreStack,
    StackBundle,
    StackMode,
    StackRef,
)
from services.provisioner.backups import repository as backups
from services.provisioner.backups.models import Backup
from services.provisioner.hosts.models import HostCommand
from services.provisioner.stack_apps.bundle import build_bundle
from services.provisioner.stacks.repository import find_stack

STACK_SECRETS = ("applications", "databases")
RDS_SECRET = "rds"


class BundleOrder(BaseModel):
    """What a stack's bundle is made from; it names no secret's value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    generation: int
    site_name: str
    domain: str
    size: str
    scheme: str
    mode: StackMode = "running"
    ingress_port: int = 80
    mysql_host: str | None = None


class BackupReference(BaseModel):
    """A row of the catalogue of backups."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backup_id: UUID
    freeze: bool = False


@dataclass(frozen=True, kw_only=True)
class CommandSource:
    """Where references are resolved; archives are cut into parts of `part_bytes`."""

    secrets: Secrets
    objects: Objects
    part_bytes: int


async def stack_secrets(secrets: Secrets, tenant_id: UUID, *, with_rds: bool = False) -> dict[str, str]:
    """All of a stack's passwords and keys by name. Raises `SecretMissing`."""
    found: dict[str, str] = {}
    for part in (*STACK_SECRETS, *([RDS_SECRET] if with_rds else [])):
        found |= json.loads(await secrets.get(tenant_key(tenant_id, "stack", part)))
    return found


async def render_bundle(secrets: Secrets, stack: StackRef, order: BundleOrder) -> StackBundle:
    """The complete bundle, secrets included."""
    return build_bundle(
        stack,
        generation=order.generation,
        site_name=order.site_name,
        domain=order.domain,
        size=order.size,
        secrets=await stack_secrets(secrets, stack.tenant_id, with_rds=order.mysql_host is not None),
        scheme=order.scheme,
        ingress_port=order.ingress_port,
        mode=order.mode,
        mysql_host=order.mysql_host,
    )


async def render_command(session: AsyncSession, command: HostCommand, source: CommandSource) -> Command:
    """The command as its agent is told it. The session is the tenant's."""
    stack = await find_stack(session)
    if stack is None or stack.slug is None:
        raise LookupError(f"command {command.id} has no stack")
    return await _RENDER[command.kind](session, command, StackRef(slug=stack.slug, tenant_id=stack.tenant_id), source)


async def _apply(_session: AsyncSession, command: HostCommand, stack: StackRef, source: CommandSource) -> Command:
    order = BundleOrder.model_validate(command.payload)
    return ApplyStack(id=command.id, stack=stack, payload=await render_bundle(source.secrets, stack, order))


async def _remove(_session: AsyncSession, command: HostCommand, stack: StackRef, _source: CommandSource) -> Command:
    return RemoveStack(id=command.id, stack=stack, payload=RemovalOrder.model_validate(command.payload))


async def _back_up(session: AsyncSession, command: HostCommand, stack: StackRef, source: CommandSource) -> Command:
    reference = BackupReference.model_validate(command.payload)
    backup = await _backup(session, reference)
    order = BackupOrder(backup_id=backup.id, part_bytes=source.part_bytes, freeze=reference.freeze)
    return BackUpStack(id=command.id, stack=stack, payload=order)


async def _restore(session: AsyncSession, command: HostCommand, stack: StackRef, _source: CommandSource) -> Command:
    backup = await _backup(session, BackupReference.model_validate(command.payload))
    if backup.manifest_sha256 is None:
        raise LookupError(f"backup {backup.id} is not complete")
    order = RestoreOrder(backup_id=backup.id, manifest_sha256=backup.manifest_sha256)
    return RestoreStack(id=command.id, stack=stack, payload=order)


async def _backup(session: AsyncSession, reference: BackupReference) -> Backup:
    backup = await backups.find_backup(session, reference.backup_id)
    if backup is None:
        raise LookupError(f"there is no backup {reference.backup_id}")
    return backup


_Renderer = Callable[[AsyncSession, HostCommand, StackRef, CommandSource], Awaitable[Command]]
_RENDER: Mapping[str, _Renderer] = {
    "apply_stack": _apply,
    "remove_stack": _remove,
    "back_up_stack": _back_up,
    "restore_stack": _restore,
}
