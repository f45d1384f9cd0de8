"""The rules of the agents' API: registration once, credentials, commands by long poll, results, reports."""

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

import structlog

from libs.common.bell import Bell
from libs.common.database import Database
from libs.common.problems import Problem
from libs.contracts.hosts import (
    Command,
    CommandPage,
    CommandResult,
    DownloadSource,
    FileUpload,
    HostCredential,
    HostReport,
    StackApplied,
    StackReport,
    UploadGrant,
)
from services.provisioner.deployments.repository import wake_stack
from services.provisioner.hosts import commands, lookups, reports, repository, transfers
from services.provisioner.hosts.credentials import new_credential
from services.provisioner.hosts.errors import CommandNotFound, CredentialRefused, ForeignReport, TokenRefused
from services.provisioner.hosts.models import Host
from services.provisioner.hosts.payloads import CommandSource, render_command
from services.provisioner.stacks.repository import find_stack

POLL_SECONDS = 15.0
"""Below the deadline that every answer has; an agent asks again at once."""
SLICE_SECONDS = 1.0
logger = structlog.get_logger()


class Agents:
    """What hosts' agents may ask. `bell` rings on `commands.COMMANDS_CHANNEL` with a host's id."""

    def __init__(self, database: Database, bell: Bell, source: CommandSource) -> None:
        self._database = database
        self._bell = bell
        self._source = source

    async def register(self, token: str) -> HostCredential:
        """Exchanges the one-time token for a credential. Raises TokenRefused."""
        credential = new_credential()
        async with self._database.platform_session() as session:
            host = await repository.exchange_token(session, token, credential)
        if host is None:
            raise TokenRefused
        logger.info("host.registered", host_id=str(host.id), kind=host.kind)
        return HostCredential(host_id=str(host.id), credential=credential)

    async def authenticate(self, credential: str) -> Host:
        """The host of a credential; its first use ends the one-time token. Raises CredentialRefused."""
        async with self._database.platform_session() as session:
            host = await repository.find_by_credential(session, credential)
            first = host is not None and host.status == "starting" and await repository.first_call(session, host.id)
        if host is None:
            raise CredentialRefused
        if first:
            await self._wake_waiting(host)
        return host

    async def next_commands(self, host: Host, *, wait: float, leaving: Callable[[], bool]) -> CommandPage:
        """The host's open commands, waiting up to `wait` seconds (15 at the most) for one, or until `leaving`.

        No transaction and no connection is held while waiting.
        """
        until = time.monotonic() + min(wait, POLL_SECONDS)
        with self._bell.heard(str(host.id)) as rung:
            while True:
                rung.clear()
                page = await self._open_commands(host.id)
                left = until - time.monotonic()
                if page.items or left <= 0 or leaving():
                    return page
                await _ring_or_pause(rung, left, leaving)

    async def take_result(self, host: Host, command_id: UUID, result: CommandResult) -> None:
        """Settles a command once; a repeated result changes nothing. Raises CommandNotFound."""
        tenant_id = await lookups.tenant_of_command(self._database, command_id, host.id)
        if tenant_id is None:
            raise CommandNotFound
        async with self._database.tenant_session(tenant_id) as session:
            command = await commands.settle_command(session, command_id, host.id, result)
            if command is None:
                return
            if isinstance(result.result, StackApplied):
                await reports.take_report(
                    session,
                    tenant_id=tenant_id,
                    stack_id=command.stack_id,
                    host_id=host.id,
                    generation=result.result.generation,
                    mode=command.payload.get("mode", "running"),
                    apps=result.result.apps,
                    counts_traffic=False,
                )
            # Last, because reports lock in this order too: the row of the stack's report, then its deployment's.
            await wake_stack(session, command.stack_id)

    async def grant_upload(self, host: Host, command_id: UUID, file: FileUpload) -> UploadGrant:
        """Where to send a file of a backup. Raises CommandNotFound, BackupNotOpen."""
        return await transfers.grant_upload(self._database, self._source.objects, host.id, command_id, file)

    async def grant_download(self, host: Host, command_id: UUID, name: str) -> DownloadSource:
        """Where to fetch a file of a backup. Raises CommandNotFound, BackupNotOpen."""
        return await transfers.grant_download(self._database, self._source.objects, host.id, command_id, name)

    async def take_report(self, host: Host, report: HostReport) -> None:
        """Keeps the host's word on each stack that is placed on it. Raises ForeignReport for another host's."""
        if report.host_id != str(host.id):
            raise ForeignReport
        async with self._database.platform_session() as session:
            await repository.seen(session, host.id, agent_version=report.agent_version)
        for stack in report.stacks:
            await self._take_stack_report(host, stack)
        if not host.agent_version:
            await self._wake_waiting(host)

    async def _take_stack_report(self, host: Host, report: StackReport) -> None:
        async with self._database.tenant_session(report.stack.tenant_id) as session:
            stack = await find_stack(session)
            taken = stack is not None and stack.slug == report.stack.slug and await reports.take_report(
                session,
                tenant_id=report.stack.tenant_id,
                stack_id=stack.id,
                host_id=host.id,
                generation=report.generation,
                mode=report.mode,
                apps=report.apps,
            )  # fmt: skip
        if not taken:
            logger.warning("host.unplaced_stack", host_id=str(host.id), slug=report.stack.slug)

    async def _open_commands(self, host_id: UUID) -> CommandPage:
        found: list[Command] = []
        for queued in await lookups.queued_commands(self._database, host_id):
            command = await self._rendered(queued)
            if command is not None:
                found.append(command)
        return CommandPage(items=tuple(found))

    async def _rendered(self, queued: lookups.QueuedCommand) -> Command | None:
        async with self._database.tenant_session(queued.tenant_id) as session:
            command = await commands.find_command(session, queued.command_id)
            if command is None or command.status != "queued":
                return None
            try:
                return await render_command(session, command, self._source)
            except (Problem, LookupError) as error:  # one that cannot be resolved now must not hold up the others
                logger.warning("host.command_unresolved", command_id=str(command.id), exc_info=error)
                return None

    async def _wake_waiting(self, host: Host) -> None:
        """A host that came up is waited for by the stacks placed on it and, if shared, by those in the queue."""
        waiting = await lookups.places(self._database, host.id)
        if host.kind == "shared":
            waiting += await lookups.places(self._database, None)
        for place in waiting:
            async with self._database.tenant_session(place.tenant_id) as session:
                await wake_stack(session, place.stack_id)


async def _ring_or_pause(rung: asyncio.Event, seconds: float, leaving: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not rung.is_set() and not leaving() and (left := until - time.monotonic()) > 0:
        try:
            async with asyncio.timeout(min(left, SLICE_SECONDS)):
                await rung.wait()
        except TimeoutError:
            continue
