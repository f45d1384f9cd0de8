"""Moves a stack with its data: back up, restore, verify, switch over, and only then retire what was before."""

import hashlib
from typing import ClassVar
from uuid import UUID

from pydantic import ValidationError

from libs.contracts.hosts import MANIFEST_NAME, BackupManifest, StackBackedUp, StackRemoved, StackRestored
from services.provisioner.backups import repository as backups
from services.provisioner.backups.files import folder_of, holds_archive, names_of_backup, remove_files
from services.provisioner.backups.models import Backup
from services.provisioner.engine.step import (
    Absent,
    Done,
    NeedsOperator,
    Observation,
    Phase,
    Present,
    Step,
    StepFailed,
    Wait,
)
from services.provisioner.hosts import placement
from services.provisioner.hosts.reports import forget_report
from services.provisioner.resources.ledger import Resource
from services.provisioner.steps.applications import order_in
from services.provisioner.steps.common import KEPT_FOR_DATA, intend, tags_of
from services.provisioner.steps.compute import end_machine
from services.provisioner.steps.dependencies import Context, Dependencies
from services.provisioner.steps.dns_tls import listener_of, names_of
from services.provisioner.steps.host_commands import told

ARCHIVE = "backup_archive"


def _source_id(context: Context) -> UUID:
    return UUID(context.previous_output("host", "host_id"))


class BackUpSource(Step[Dependencies]):
    """Freezes the stack where it is and puts its data into an archive. Going back ends the freeze."""

    name: ClassVar[str] = "back_up_source"
    phase: ClassVar[Phase] = "applications"

    async def ensure(self, context: Context) -> Done | Wait:
        backup_id, bucket = context.key(f"backup/{context.attempt}"), context.dependencies.rules.shared_bucket
        resource = await intend(context, ARCHIVE, str(backup_id), holds_data=True)
        await context.dependencies.objects.ensure_bucket(bucket)
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            await backups.begin_backup(
                session,
                tenant_id=context.tenant_id,
                backup_id=backup_id,
                stack_id=context.stack.id,
                reason=context.deployment.kind,
                bucket=bucket,
            )
        payload = {"backup_id": str(backup_id), "freeze": True}
        try:
            result = await told(
                context, _source_id(context), "back_up_stack", payload, waiting="The data is being backed up."
            )
        except StepFailed:
            await _discard(context, resource)
            raise
        if isinstance(result, Wait):
            return result
        if not isinstance(result.result, StackBackedUp):
            raise StepFailed("wrong_answer", "The host answered something else.", operator_detail=repr(result.result))
        outcome = result.result
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            await backups.complete_backup(session, backup_id, outcome)
        # An attempt that began anew may have left more parts than the archive now has.
        names, folder = names_of_backup(outcome.parts), folder_of(context.tenant_id, backup_id)
        await remove_files(context.dependencies.objects, bucket, folder, keep=names)
        await context.resources.made(resource, str(backup_id))
        await context.log(f"{outcome.files} files, {outcome.content_bytes} bytes, are in the backup.")
        return Done({"backup_id": str(backup_id), "files": outcome.files, "content_bytes": outcome.content_bytes})

    async def compensate(self, context: Context) -> Done | Wait:
        """A complete archive is kept. One that is being made is given up first, so that the host stops sending it."""
        archives = await context.resources.made_here(ARCHIVE)
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            for archive in archives:
                await backups.fail_backup(session, UUID(archive.name))
        order = order_in(context.previous_outputs["render_bundle"]["order"])
        waiting = "The stack is being made writable again where it was."
        result = await told(context, _source_id(context), "apply_stack", order.model_dump(mode="json"), waiting=waiting)
        if isinstance(result, Wait):
            return result
        # The host does one thing after the other: it sends no more of a backup once it has applied the stack.
        for archive in archives:
            async with context.dependencies.database.tenant_session(context.tenant_id) as session:
                backup = await backups.find_backup(session, UUID(archive.name))
            if backup is not None and backup.status == "complete":
                await context.resources.quarantined(archive, KEPT_FOR_DATA)
            else:
                await _discard(context, archive)
        return Done()


async def _discard(context: Context, archive: Resource) -> None:
    """Gives up a backup and removes the parts that were sent of it."""
    backup_id = UUID(archive.name)
    async with context.dependencies.database.tenant_session(context.tenant_id) as session:
        await backups.fail_backup(session, backup_id)
    await context.resources.removing(archive)
    bucket, folder = context.dependencies.rules.shared_bucket, folder_of(context.tenant_id, backup_id)
    await remove_files(context.dependencies.objects, bucket, folder)
    await context.resources.removed(archive)


class RestoreToTarget(Step[Dependencies]):
    """Puts the archive's data in the place of the new host's fresh volumes."""

    name: ClassVar[str] = "restore_to_target"
    phase: ClassVar[Phase] = "applications"

    async def ensure(self, context: Context) -> Done | Wait:
        target = UUID(context.output("host", "host_id"))
        payload = {"backup_id": context.output("back_up_source", "backup_id")}
        waiting = "The data is being restored on the new host."
        result = await told(context, target, "restore_stack", payload, waiting=waiting)
        if isinstance(result, Wait):
            return result
        if not isinstance(result.result, StackRestored):
            raise StepFailed("wrong_answer", "The host answered something else.", operator_detail=repr(result.result))
        return Done({"files": result.result.files, "content_bytes": result.result.content_bytes})

    async def compensate(self, context: Context) -> Done:
        """The new host goes as a whole."""
        return Done()


class VerifyRestored(Step[Dependencies]):
    """The archive is what the source sent, its manifest says what was restored, and the host compared each file."""

    name: ClassVar[str] = "verify_restored"
    phase: ClassVar[Phase] = "applications"

    async def ensure(self, context: Context) -> Done:
        backup_id = UUID(context.output("back_up_source", "backup_id"))
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            backup = await backups.find_backup(session, backup_id)
        if backup is None:
            raise StepFailed("backup_unknown", "The backup is not in the catalogue.", operator_detail=str(backup_id))
        manifest = await _manifest(context, backup)
        restored = context.outputs["restore_to_target"]
        said = {"files": len(manifest.files), "content_bytes": sum(file.size for file in manifest.files)}
        if any(restored[name] != count or getattr(backup, name) != count for name, count in said.items()):
            detail = f"manifest {said}, backup {backup.files}/{backup.content_bytes}, restored {dict(restored)}"
            raise StepFailed("restore_incomplete", "What was restored is not all there is.", operator_detail=detail)
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            await backups.mark_verified(session, backup_id)
        await context.log(f"All {said['files']} files arrived as they were.")
        return Done({"verified": True})

    async def compensate(self, context: Context) -> Done:
        return Done()


async def _manifest(context: Context, backup: Backup) -> BackupManifest:
    objects = context.dependencies.objects
    async with objects.get(backup.bucket, backup.folder + MANIFEST_NAME) as reader:
        body = await reader.read()
    try:
        manifest = BackupManifest.model_validate_json(body)
    except ValidationError as error:
        raise StepFailed("manifest_unreadable", "The backup's manifest cannot be read.") from error
    right = (
        hashlib.sha256(body).hexdigest() == backup.manifest_sha256
        and manifest.stack.tenant_id == context.tenant_id
        and (manifest.backup_id, manifest.archive_sha256) == (backup.id, backup.archive_sha256)
        and await holds_archive(objects, backup.bucket, backup.folder, manifest)
    )
    if not right:
        raise StepFailed("backup_altered", "The backup in the store is not what the host made.")
    return manifest


class SwitchRoute(Step[Dependencies]):
    """The pivot: from here on visitors reach the new host. The names stay; the load balancer's rule moves."""

    name: ClassVar[str] = "switch_route"
    phase: ClassVar[Phase] = "verify"

    async def observe(self, context: Context) -> Observation:
        rule = await context.dependencies.cloud.load_balancing.find_rule(listener_of(context), names_of(context))
        target = context.output("load_balancer_target", "target_group_arn")
        return Present({"rule_arn": rule.arn}) if rule and rule.target_group_arn == target else Absent()

    async def ensure(self, context: Context) -> Done:
        if context.outputs["verify_restored"].get("verified") is not True:
            raise NeedsOperator("not_verified", "The copy was not verified, so that nothing was switched.")
        balancing, hosts = context.dependencies.cloud.load_balancing, names_of(context)
        there = await balancing.find_rule(listener_of(context), hosts) is not None
        resource = await intend(context, "listener_rule", context.desired.hostname, there=there)
        target = context.output("load_balancer_target", "target_group_arn")
        rule = await balancing.create_rule(
            listener_of(context), resource.name, hosts=hosts, target_group_arn=target, tags=tags_of(context)
        )
        await context.resources.made(resource, rule.arn)
        await context.log("Visitors reach the new host from now on.")
        return Done({"rule_arn": rule.arn})

    async def compensate(self, context: Context) -> Done:
        """Only asked where the switch certainly did not happen; points back all the same."""
        balancing = context.dependencies.cloud.load_balancing
        rule = await balancing.find_rule(listener_of(context), names_of(context))
        if rule is not None:
            await balancing.point_rule(rule, context.previous_output("load_balancer_target", "target_group_arn"))
        return Done()


class RetireSource(Step[Dependencies]):
    """Removes the stack from where it was, data included. Refuses unless the copy was verified and seen serving."""

    name: ClassVar[str] = "retire_source"
    phase: ClassVar[Phase] = "verify"

    async def ensure(self, context: Context) -> Done | Wait:
        proofs = context.outputs["verify_restored"].get("verified"), context.outputs["probe_from_outside"].get("seen")
        if proofs != (True, True):
            raise NeedsOperator("not_verified", "The old copy stays, because the new one was not verified.")
        if _source_id(context) == UUID(context.output("host", "host_id")):
            return Done()
        wait = await (
            self._end_machine(context)
            if context.previous_output("host", "kind") == "dedicated"
            else self._leave_slot(context)
        )
        if wait is not None:
            return wait
        await self._remove_target(context)
        return Done({"retired_host_id": str(_source_id(context))})

    async def _leave_slot(self, context: Context) -> Wait | None:
        source, waiting = _source_id(context), "The old copy is being removed."
        result = await told(context, source, "remove_stack", {"delete_data": True}, waiting=waiting)
        if isinstance(result, Wait):
            return result
        if not isinstance(result.result, StackRemoved) or not result.result.data_deleted:
            raise StepFailed("wrong_answer", "The old copy was not removed.", operator_detail=repr(result.result))
        await self._forget(context)
        return None

    async def _end_machine(self, context: Context) -> Wait | None:
        resource = await context.resources.find("ec2_instance", context.previous_output("host", "name"))
        if resource is not None:
            wait = await end_machine(context, resource, _source_id(context))
            if wait is not None:
                return wait
        await self._forget(context)
        return None

    async def _forget(self, context: Context) -> None:
        source = _source_id(context)
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            await placement.leave(session, context.stack.id, source)
            await forget_report(session, context.stack.id, source)

    async def _remove_target(self, context: Context) -> None:
        name = context.previous_output("load_balancer_target", "target_group")
        resource = await context.resources.find("target_group", name)
        if resource is not None:
            resource = await context.resources.removing(resource)
            await context.dependencies.cloud.load_balancing.delete_target_group(name)
            await context.resources.removed(resource)

    async def compensate(self, context: Context) -> Done:
        """After the pivot nothing goes back."""
        return Done()
