"""Executes the commands of the control plane: apply, remove, back up, restore. Each may be repeated safely.

Commands of one stack run one after another in the order of their arrival; those of different stacks side by side.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import assert_never

import aiohttp
import structlog
from pydantic import ValidationError

from libs.common.clock import Clock
from libs.common.failpoints import failpoint
from libs.contracts.hosts import (
    MANIFEST_NAME,
    ApplyStack,
    BackupManifest,
    BackUpStack,
    Command,
    CommandError,
    CommandOutcome,
    CommandResult,
    ManifestApp,
    ManifestPart,
    RemoveStack,
    RestoreStack,
    StackApplied,
    StackBackedUp,
    StackBundle,
    StackRef,
    StackRemoved,
    StackRestored,
    part_name,
)
from services.provisioner.agent.archive import PackedArchive, pack, unpack
from services.provisioner.agent.control_plane import ControlPlane
from services.provisioner.agent.errors import (
    AgentError,
    ArchiveCorrupt,
    CapacityExceeded,
    FilesChanged,
    ForeignBackup,
    Interrupted,
    PortTaken,
    StackUnknown,
)
from services.provisioner.agent.files import in_thread, remove_tree, run_from_thread
from services.provisioner.agent.parts import PartReader, PartWriter
from services.provisioner.agent.reports import Reporter
from services.provisioner.agent.runtime import Runtime
from services.provisioner.agent.stack_folder import StackFolder, StackFolders
from services.provisioner.agent.transfer import Transfers

log = structlog.get_logger()

_PACK_ATTEMPTS = 3
_TRANSFERS_AT_ONCE = 2


class CommandExecutor:
    """`check` is called all through long work and raises Interrupted when the agent stops."""

    def __init__(
        self,
        *,
        folders: StackFolders,
        runtime: Runtime,
        reporter: Reporter,
        session: aiohttp.ClientSession,
        plane: ControlPlane,
        clock: Clock,
        memory_mib: int,
        check: Callable[[], None],
    ) -> None:
        self._folders = folders
        self._runtime = runtime
        self._reporter = reporter
        self._session = session
        self._plane = plane
        self._clock = clock
        self._memory_mib = memory_mib
        self._check = check
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turn_to_transfer = asyncio.Semaphore(_TRANSFERS_AT_ONCE)

    async def execute(self, command: Command) -> CommandResult:
        """The command's result, also when it failed. Raises Interrupted only: then it is to be done again."""
        async with self._turns[command.stack.slug]:
            self._check()
            try:
                outcome = await self._dispatch(command)
            except Interrupted:
                raise
            except AgentError as error:
                return _failed(error.code, str(error))
            except OSError as error:
                return _failed("host_io_error", f"{error.strerror or error}: {error.filename or 'no file'}")
        return CommandResult(status="succeeded", result=outcome)

    def _dispatch(self, command: Command) -> Awaitable[CommandOutcome]:
        match command:
            case ApplyStack():
                return self._apply(command)
            case RemoveStack():
                return self._remove(command)
            case BackUpStack():
                return self._back_up(command)
            case RestoreStack():
                return self._restore(command)
            case _:
                assert_never(command)

    async def _apply(self, command: ApplyStack) -> StackApplied:
        bundle = command.payload
        self._require_place(bundle)
        folder = self._folders.folder(bundle.stack.slug)
        # Saved at once, with nothing awaited since the check: two stacks cannot take the same memory.
        folder.save(bundle)
        failpoint("agent.apply.after_save")
        await in_thread(folder.prepare_volumes, bundle)
        failpoint("agent.apply.after_volumes")
        await self._runtime.apply(folder, bundle)
        report = await self._reporter.stack_report(bundle, measure=True)
        return StackApplied(generation=bundle.generation, apps=report.apps)

    def _require_place(self, bundle: StackBundle) -> None:
        others = [b for b in self._folders.bundles() if b.stack.slug != bundle.stack.slug]
        free = self._memory_mib - sum(other.memory_mib for other in others)
        if bundle.memory_mib > free:
            raise CapacityExceeded(
                f"the stack reserves {bundle.memory_mib} MiB, {max(free, 0)} of {self._memory_mib} are free"
            )
        if self._runtime.port == 0 and any(other.ingress_port == bundle.ingress_port for other in others):
            raise PortTaken(f"another stack of this host publishes port {bundle.ingress_port}")

    async def _remove(self, command: RemoveStack) -> StackRemoved:
        slug = command.stack.slug
        folder = self._folders.folder(slug)
        bundle = folder.load()
        if bundle is not None:
            self._require_owner(bundle, command.stack)
            await self._runtime.remove(folder, bundle)
        failpoint("agent.remove.before_delete")
        if command.payload.delete_data:
            await in_thread(self._folders.delete, slug)
        else:
            await in_thread(folder.forget)
        return StackRemoved(data_deleted=command.payload.delete_data)

    async def _back_up(self, command: BackUpStack) -> StackBackedUp:
        order = command.payload
        folder, bundle = self._applied(command.stack)
        if order.freeze and bundle.mode == "running":
            bundle = folder.set_mode(bundle, "read_only")
            await self._runtime.apply(folder, bundle)
        transfers = Transfers(self._session, self._plane, command.id)
        async with self._turn_to_transfer:
            await in_thread(_fresh, folder.work)
            try:
                packed = await self._send_archive(folder, bundle, transfers, part_bytes=order.part_bytes)
                failpoint("agent.backup.after_pack")
                manifest = self._manifest(command, bundle, packed).model_dump_json().encode()
                manifest_file, digest = folder.work / MANIFEST_NAME, hashlib.sha256(manifest).hexdigest()
                await in_thread(manifest_file.write_bytes, manifest)
                # Last, so that a manifest in the store always has its archive beside it.
                await transfers.upload(MANIFEST_NAME, manifest_file, size=len(manifest), sha256=digest)
            finally:
                await in_thread(remove_tree, folder.work)
        return StackBackedUp(
            archive_bytes=packed.size,
            archive_sha256=packed.sha256,
            parts=len(packed.parts),
            manifest_bytes=len(manifest),
            manifest_sha256=digest,
            files=len(packed.files),
            content_bytes=sum(file.size for file in packed.files),
        )

    async def _send_archive(
        self, folder: StackFolder, bundle: StackBundle, transfers: Transfers, *, part_bytes: int
    ) -> PackedArchive:
        """Packs and sends part by part, while nothing writes; a repeated attempt replaces parts that differ."""
        loop, spool = asyncio.get_running_loop(), folder.work / "part"

        def send(number: int, part: ManifestPart) -> None:
            sending = transfers.upload(part_name(number), spool, size=part.size, sha256=part.sha256)
            run_from_thread(loop, sending, check=self._check)

        def pack_and_send(skip: frozenset[str]) -> PackedArchive:
            with PartWriter(spool, part_bytes=part_bytes, send=send) as writer:
                return pack(folder.volumes, writer, skip=skip, check=self._check)

        async with self._runtime.quiesced(folder, bundle) as skip:
            for attempt in range(1, _PACK_ATTEMPTS + 1):
                try:
                    return await in_thread(pack_and_send, skip)
                except FilesChanged as error:
                    if attempt == _PACK_ATTEMPTS:
                        raise
                    log.warning("agent.backup.files_changed", detail=str(error), attempt=attempt)
        raise FilesChanged("the volumes kept changing")

    def _manifest(self, command: BackUpStack, bundle: StackBundle, packed: PackedArchive) -> BackupManifest:
        return BackupManifest(
            backup_id=command.payload.backup_id,
            stack=bundle.stack,
            created_at=self._clock.now(),
            apps=tuple(ManifestApp(name=app.name, image=app.image) for app in bundle.apps),
            archive_bytes=packed.size,
            archive_sha256=packed.sha256,
            parts=packed.parts,
            files=packed.files,
            skipped=packed.skipped,
        )

    async def _restore(self, command: RestoreStack) -> StackRestored:
        folder, bundle = self._applied(command.stack)
        transfers = Transfers(self._session, self._plane, command.id)
        async with self._turn_to_transfer:
            await in_thread(folder.recover)
            await in_thread(_fresh, folder.work)
            try:
                manifest = await self._fetch_manifest(command, transfers, folder.work / MANIFEST_NAME)
                size = await self._fetch_archive(folder, transfers, manifest)
                failpoint("agent.restore.before_swap")
                await self._replace_data(folder, bundle)
            finally:
                await in_thread(_clear, folder)
        return StackRestored(files=len(manifest.files), content_bytes=size)

    async def _fetch_manifest(self, command: RestoreStack, transfers: Transfers, file: Path) -> BackupManifest:
        order = command.payload
        await transfers.download(MANIFEST_NAME, file, sha256=order.manifest_sha256)
        try:
            manifest = BackupManifest.model_validate_json(await in_thread(file.read_bytes))
        except ValidationError as error:
            raise ArchiveCorrupt("the manifest is not of a format that this agent reads") from error
        if manifest.backup_id != order.backup_id or manifest.stack.tenant_id != command.stack.tenant_id:
            raise ForeignBackup("the manifest belongs to another backup or tenant")
        return manifest

    async def _fetch_archive(self, folder: StackFolder, transfers: Transfers, manifest: BackupManifest) -> int:
        """Unpacks part by part beside the volumes; returns the bytes of all files."""
        loop, spool = asyncio.get_running_loop(), folder.work / "part"

        def fetch(number: int, part: ManifestPart) -> None:
            fetching = transfers.download(part_name(number), spool, size=part.size, sha256=part.sha256)
            run_from_thread(loop, fetching, check=self._check)

        def fetch_and_unpack() -> int:
            with PartReader(spool, manifest.parts, fetch=fetch) as reader:
                keep_owners = self._runtime.keeps_owners
                return unpack(reader, folder.incoming, manifest=manifest, keep_owners=keep_owners, check=self._check)

        return await in_thread(fetch_and_unpack)

    async def _replace_data(self, folder: StackFolder, bundle: StackBundle) -> None:
        """The old content is thrown away only when the databases took the new; until then all goes back."""
        await self._runtime.halt(folder, bundle)
        complete = False
        try:
            await in_thread(folder.swap_in)
            failpoint("agent.restore.after_swap")
            await in_thread(folder.prepare_volumes, bundle)
            await self._runtime.load_databases(folder, bundle)
            complete = True
        finally:
            if not complete:
                await self._runtime.halt(folder, bundle)
            await in_thread(folder.keep_swap if complete else folder.undo_swap)
            await self._runtime.apply(folder, bundle)

    def _applied(self, stack: StackRef) -> tuple[StackFolder, StackBundle]:
        folder = self._folders.folder(stack.slug)
        bundle = folder.load()
        if bundle is None:
            raise StackUnknown(f"{stack.slug} was not applied on this host; apply its bundle first")
        self._require_owner(bundle, stack)
        return folder, bundle

    def _require_owner(self, bundle: StackBundle, stack: StackRef) -> None:
        if bundle.stack != stack:
            raise StackUnknown(f"{stack.slug} belongs to another tenant on this host")


def _failed(code: str, detail: str) -> CommandResult:
    return CommandResult(status="failed", error=CommandError(code=code, detail=detail))


def _fresh(folder: Path) -> None:
    remove_tree(folder)
    folder.mkdir(parents=True, mode=0o700)


def _clear(folder: StackFolder) -> None:
    remove_tree(folder.work)
    remove_tree(folder.incoming)
