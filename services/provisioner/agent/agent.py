"""The agent's life: register, take commands, execute each once, hand in results, report; until it is told to stop."""

import asyncio
import json
import os
import random
from collections.abc import Awaitable, Callable, Coroutine
from uuid import UUID

import aiohttp
import structlog

from libs.common.clock import SystemClock
from libs.common.failpoints import failpoint
from libs.contracts.hosts import Command, CommandError, CommandResult, HostCredential
from services.provisioner.agent.commands import CommandExecutor
from services.provisioner.agent.compose_runtime import ComposeRuntime
from services.provisioner.agent.config import AgentConfig
from services.provisioner.agent.control_plane import ControlPlane, ControlPlaneUnreachable, obtain_credential
from services.provisioner.agent.errors import AgentError, CredentialRefused, Interrupted, RegistrationRefused
from services.provisioner.agent.files import in_thread, write_atomically
from services.provisioner.agent.journal import Journal
from services.provisioner.agent.reports import Reporter
from services.provisioner.agent.runtime import Runtime
from services.provisioner.agent.simulated_runtime import SimulatedRuntime
from services.provisioner.agent.stack_folder import StackFolders

log = structlog.get_logger()

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
REFUSED_PAUSE = 60.0
REPEAT_PAUSE = 2.0

NOT_UNDERSTOOD = CommandResult(
    status="failed",
    error=CommandError(
        code="command_not_understood", detail="This agent does not know such a command; replace the host's image."
    ),
)


class Stopping:
    """Set once, seen by the loop and by threads."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.requested = False

    def request(self) -> None:
        self.requested = True
        self._event.set()

    def check(self) -> None:
        """Raises Interrupted when the agent was told to stop. May be called from any thread."""
        if self.requested:
            raise Interrupted("the agent is stopping")

    async def pause(self, seconds: float) -> None:
        """Waits, but not beyond the request to stop."""
        await wait_for_event(self._event, seconds)

    async def wait(self) -> None:
        await self._event.wait()


class Backoff:
    """Pauses that double up to half a minute, with jitter, so that hosts do not return all at once."""

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE

    def reset(self) -> None:
        self._pause = FIRST_PAUSE

    def next(self) -> float:
        pause = self._pause
        self._pause = min(LONGEST_PAUSE, pause * 2)
        return pause * random.uniform(0.5, 1.0)  # noqa: S311  # spreads load, guards nothing


class Agent:
    """One host. `run` returns when `stopping` was requested and what was running is finished or interrupted."""

    def __init__(self, config: AgentConfig, stopping: Stopping) -> None:
        config.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._config = config
        self._stopping = stopping
        self._clock = SystemClock()
        self._folders = StackFolders(config.root)
        self._journal = Journal(config.root / "journal", self._clock)
        self._runtime = _open_runtime(config)
        self._changed = asyncio.Event()
        self._settled = asyncio.Event()
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Stacks of earlier runs serve again before the control plane is asked for anything."""
        await in_thread(self._folders.recover)
        await self._runtime.start(self._folders.bundles())
        try:
            async with aiohttp.ClientSession() as session:
                credential = await self._register(session)
                if credential is not None:
                    await self._serve(session, credential)
        finally:
            await self._runtime.close()

    async def _register(self, session: aiohttp.ClientSession) -> HostCredential | None:
        backoff = Backoff()
        while not self._stopping.requested:
            try:
                return await obtain_credential(session, self._config)
            except RegistrationRefused as error:
                log.error("agent.registration.refused", detail=str(error))  # no fault of the code
                await self._stopping.pause(REFUSED_PAUSE)
            except ControlPlaneUnreachable as error:
                log.warning("agent.control_plane.unreachable", detail=str(error))
                await self._stopping.pause(backoff.next())
        return None

    async def _serve(self, session: aiohttp.ClientSession, credential: HostCredential) -> None:
        plane = ControlPlane(session, self._config.control_plane_url, credential)
        reporter = Reporter(
            self._config.root,
            host_id=credential.host_id,
            folders=self._folders,
            runtime=self._runtime,
            clock=self._clock,
            memory_mib=self._config.memory_mib,
        )
        executor = CommandExecutor(
            folders=self._folders,
            runtime=self._runtime,
            reporter=reporter,
            session=session,
            plane=plane,
            clock=self._clock,
            memory_mib=self._config.memory_mib,
            check=self._stopping.check,
        )
        await in_thread(self._write_address, credential)
        log.info("agent.started", host_id=credential.host_id, port=self._runtime.port)
        loops = [
            asyncio.create_task(self._poll(plane, executor, reporter)),
            asyncio.create_task(self._report(plane, reporter)),
        ]
        ending = asyncio.create_task(self._stopping.wait())
        await asyncio.wait([*loops, ending], return_when=asyncio.FIRST_COMPLETED)
        self._stopping.request()
        await self._end([*loops, ending])

    async def _end(self, loops: list[asyncio.Task[None]]) -> None:
        for task in loops:
            task.cancel()
        # Commands stop by themselves at their next check; an open transfer is cut off.
        for task in self._tasks.values():
            task.cancel()
        finished = await asyncio.gather(*loops, *self._tasks.values(), return_exceptions=True)
        for outcome in finished:
            if isinstance(outcome, Exception) and not isinstance(outcome, Interrupted):
                raise outcome
        log.info("agent.stopped")

    async def _poll(self, plane: ControlPlane, executor: CommandExecutor, reporter: Reporter) -> None:
        for command in self._journal.unfinished():
            log.info("agent.command.resumed", command_id=str(command.id), kind=command.kind)
            self._start(command.id, self._execute(command, plane, executor, reporter))
        for command_id in self._journal.undelivered():
            self._start(command_id, self._deliver(command_id, plane))
        await self._persist(lambda: self._poll_once(plane, executor, reporter))

    async def _poll_once(self, plane: ControlPlane, executor: CommandExecutor, reporter: Reporter) -> None:
        self._settled.clear()
        commands, unreadable = await plane.commands()
        fresh = False
        for command_id in unreadable:
            log.error("agent.command.not_understood", command_id=str(command_id))
            await plane.hand_in(command_id, NOT_UNDERSTOOD)
        for command in commands:
            fresh |= await self._take(command, plane, executor, reporter)
        if commands and not fresh:
            # All of it is being worked on: the next poll would return at once with the same.
            await wait_for_event(self._settled, REPEAT_PAUSE)

    async def _take(self, command: Command, plane: ControlPlane, executor: CommandExecutor, reporter: Reporter) -> bool:
        if command.id in self._tasks:
            return False
        entry = self._journal.find(command.id)
        if entry is not None and entry.result is not None:
            self._start(command.id, self._deliver(command.id, plane))
            return False
        if entry is None:
            await in_thread(self._journal.receive, command)
        failpoint("agent.command.received")
        log.info("agent.command.started", command_id=str(command.id), kind=command.kind, stack=command.stack.slug)
        self._start(command.id, self._execute(command, plane, executor, reporter))
        return True

    def _start(self, command_id: UUID, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks[command_id] = task
        task.add_done_callback(lambda done: self._finished(command_id, done))

    def _finished(self, command_id: UUID, task: asyncio.Task[None]) -> None:
        self._tasks.pop(command_id, None)
        self._settled.set()
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, Interrupted):
            log.error("agent.command.crashed", command_id=str(command_id), exc_info=error)

    async def _execute(
        self, command: Command, plane: ControlPlane, executor: CommandExecutor, reporter: Reporter
    ) -> None:
        try:
            result = await executor.execute(command)
        except Interrupted:
            raise
        except Exception as error:
            # A defect ends as a failed command: left unfinished, it would be done again and fail again, for ever.
            log.error("agent.command.crashed", command_id=str(command.id), exc_info=error)
            error_text = CommandError(code="agent_defect", detail=type(error).__name__)
            result = CommandResult(status="failed", error=error_text)
        failpoint("agent.command.executed")
        await in_thread(self._journal.finish, command.id, result)
        failpoint("agent.command.journaled")
        _log_result(command, result)
        reporter.forget_sizes(command.stack.slug)
        self._changed.set()
        await self._deliver(command.id, plane)

    async def _deliver(self, command_id: UUID, plane: ControlPlane) -> None:
        entry = self._journal.find(command_id)
        if entry is None or entry.result is None:
            return
        backoff = Backoff()
        while not self._stopping.requested:
            try:
                await plane.hand_in(command_id, entry.result)
            except (ControlPlaneUnreachable, CredentialRefused) as error:
                log.warning("agent.result.undelivered", command_id=str(command_id), detail=str(error))
                await self._stopping.pause(backoff.next())
            else:
                await in_thread(self._journal.mark_delivered, command_id)
                return

    async def _report(self, plane: ControlPlane, reporter: Reporter) -> None:
        await self._persist(lambda: self._report_once(plane, reporter))

    async def _report_once(self, plane: ControlPlane, reporter: Reporter) -> None:
        self._changed.clear()
        await plane.report(await reporter.collect())
        await wait_for_event(self._changed, self._config.report_seconds)

    async def _persist(self, step: Callable[[], Awaitable[None]]) -> None:
        """Repeats a step for as long as the agent lives; failures of the control plane only slow it down."""
        backoff = Backoff()
        while not self._stopping.requested:
            try:
                await step()
                backoff.reset()
            except CredentialRefused as error:
                log.error("agent.credential.refused", detail=str(error))  # no fault of the code
                await self._stopping.pause(REFUSED_PAUSE)
            except (AgentError, OSError, ValueError) as error:
                log.warning("agent.control_plane.unreachable", detail=str(error))
                await self._stopping.pause(backoff.next())

    def _write_address(self, credential: HostCredential) -> None:
        address = {"pid": os.getpid(), "port": self._runtime.port, "host_id": credential.host_id}
        write_atomically(self._config.root / "agent.json", json.dumps(address).encode(), mode=0o644)


async def wait_for_event(event: asyncio.Event, seconds: float) -> None:
    """Waits for the event, at most `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _open_runtime(config: AgentConfig) -> Runtime:
    if config.runtime == "compose":
        return ComposeRuntime()
    return SimulatedRuntime(config.root, port=config.port)


def _log_result(command: Command, result: CommandResult) -> None:
    fields = {"command_id": str(command.id), "kind": command.kind, "stack": command.stack.slug}
    if result.error is None:
        log.info("agent.command.succeeded", **fields)
    else:
        log.warning("agent.command.failed", **fields, code=result.error.code, detail=result.error.detail)
