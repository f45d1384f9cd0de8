"""Runs stacks with Docker Compose, through its command line. No shell is involved on the host."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from libs.contracts.hosts import AppStatus, BundleApp, StackBundle
from services.provisioner.agent.compose_file import project_name, render_compose, render_env_files, render_routes
from services.provisioner.agent.errors import RuntimeFailed
from services.provisioner.agent.files import write_atomically
from services.provisioner.agent.runtime import ENTRANCE, ContainerState, Traffic, writers
from services.provisioner.agent.stack_folder import StackFolder

_HEALTH: dict[str, AppStatus] = {"healthy": "healthy", "unhealthy": "unhealthy", "starting": "starting"}
_STATES: dict[str, AppStatus] = {
    "running": "healthy",  # a container without a health check
    "created": "starting",
    "restarting": "unhealthy",
    "dead": "unhealthy",
}
_UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


class ComposeRuntime:
    """`program` is the command up to `compose`; a test may name another program with the same arguments."""

    keeps_owners = True

    def __init__(self, program: tuple[str, ...] = ("docker",)) -> None:
        self._program = program

    @property
    def port(self) -> int:
        return 0

    async def start(self, bundles: tuple[StackBundle, ...]) -> None:
        """Containers outlive the agent and restart with Docker: nothing to do."""

    async def close(self) -> None:
        """The containers run on."""

    async def apply(self, folder: StackFolder, bundle: StackBundle) -> None:
        await asyncio.to_thread(_write_files, folder, bundle)
        if bundle.mode == "stopped":
            await self._compose(folder, bundle, "stop")
        elif bundle.mode == "read_only":
            await self._stop_writers(folder, bundle)
            serving = [app.name for app in bundle.apps if app.name not in writers(bundle)]
            await self._compose(folder, bundle, "up", "-d", "--no-deps", *serving)
        else:
            await self._compose(folder, bundle, "up", "-d", "--remove-orphans")

    async def remove(self, folder: StackFolder, bundle: StackBundle) -> None:
        await asyncio.to_thread(_write_files, folder, bundle)
        await self._compose(folder, bundle, "down", "--remove-orphans")

    async def states(self, folder: StackFolder, bundle: StackBundle) -> dict[str, ContainerState]:
        listing = await self._compose(folder, bundle, "ps", "--all", "--format", "json")
        containers = {item["Service"]: item for item in parse_listing(listing)}
        started = await self._started([item["Name"] for item in containers.values() if item.get("State") == "running"])
        entrance = containers.get(ENTRANCE, {}).get("Name", "")
        traffic = await self._traffic(entrance, started)
        return {
            service: ContainerState(
                status=_status(item),
                detail=item.get("Status", ""),
                uptime_seconds=uptime_seconds(started[item["Name"]]) if item["Name"] in started else 0,
                traffic=traffic if service == ENTRANCE else None,
            )
            for service, item in containers.items()
        }

    @asynccontextmanager
    async def quiesced(self, folder: StackFolder, bundle: StackBundle) -> AsyncIterator[frozenset[str]]:
        if bundle.mode == "stopped":
            await self._up(folder, bundle, _databases(bundle))
        try:
            await self._stop_writers(folder, bundle)
            for app in _databases(bundle):
                await self._dump(folder, bundle, app)
            yield frozenset(f"{app.name}/{app.dump.raw}" for app in bundle.apps if app.dump is not None)
        finally:
            await self.apply(folder, bundle)

    async def halt(self, folder: StackFolder, bundle: StackBundle) -> None:
        await self._compose(folder, bundle, "stop")

    async def load_databases(self, folder: StackFolder, bundle: StackBundle) -> None:
        databases = _databases(bundle)
        await self._up(folder, bundle, databases)
        for app in databases:
            await self._load(folder, bundle, app)

    async def _stop_writers(self, folder: StackFolder, bundle: StackBundle) -> None:
        await self._compose(folder, bundle, "stop", *sorted(writers(bundle)))

    async def _up(self, folder: StackFolder, bundle: StackBundle, apps: list[BundleApp]) -> None:
        names = [app.name for app in apps]
        await self._compose(folder, bundle, "up", "-d", "--force-recreate", "--no-deps", "--wait", *names)

    async def _dump(self, folder: StackFolder, bundle: StackBundle, app: BundleApp) -> None:
        if app.dump is None:
            return
        target = _dump_file(folder, app)
        target.parent.mkdir(exist_ok=True)
        beside = target.with_suffix(".new")
        with beside.open("wb") as output:
            await self._compose(folder, bundle, "exec", "-T", app.name, *app.dump.dump, output=output)
        beside.replace(target)

    async def _load(self, folder: StackFolder, bundle: StackBundle, app: BundleApp) -> None:
        source = _dump_file(folder, app)
        if app.dump is None or not source.exists():
            return
        with source.open("rb") as stream:
            await self._compose(folder, bundle, "exec", "-T", app.name, *app.dump.restore, source=stream)

    async def _traffic(self, entrance: str, started: dict[str, str]) -> Traffic | None:
        """What went through the entrance. Each byte crosses its one interface twice: to it and on from it.

        Docker counts anew with each start of a container, whose moment therefore names the counter.
        """
        if entrance not in started:
            return None
        listing = await self._run("stats", "--no-stream", "--format", "{{json .}}", entrance)
        for item in parse_listing(listing):
            return Traffic(counter=started[entrance], transferred_bytes=parse_traffic(item["NetIO"]) // 2)
        return None

    async def _started(self, names: list[str]) -> dict[str, str]:
        if not names:
            return {}
        listing = await self._run("inspect", "--format", "{{.Name}} {{.State.StartedAt}}", *names)
        pairs = (line.decode().split(" ", 1) for line in listing.splitlines() if line.strip())
        return {name.lstrip("/"): started for name, started in pairs}

    async def _compose(
        self,
        folder: StackFolder,
        bundle: StackBundle,
        *arguments: str,
        output: IO[bytes] | None = None,
        source: IO[bytes] | None = None,
    ) -> bytes:
        where = ("--project-name", project_name(bundle), "--file", str(folder.path / "compose.yaml"))
        return await self._run("compose", *where, *arguments, output=output, source=source)

    async def _run(self, *arguments: str, output: IO[bytes] | None = None, source: IO[bytes] | None = None) -> bytes:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._program,
                *arguments,
                stdin=source or asyncio.subprocess.DEVNULL,
                stdout=output or asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise RuntimeFailed(f"{self._program[0]} cannot be started: {error.strerror}") from error
        out, err = await process.communicate()
        if process.returncode:
            last = err.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
            raise RuntimeFailed(f"{self._program[0]} {arguments[0]} ended with {process.returncode}: {last[0]}")
        return out or b""


def parse_listing(listing: bytes) -> list[dict[str, str]]:
    """Docker prints one JSON object a line, older Compose one array: both are read."""
    items: list[dict[str, str]] = []
    for line in filter(None, listing.decode().splitlines()):
        value = json.loads(line)
        items.extend(value if isinstance(value, list) else [value])
    return items


def parse_traffic(text: str) -> int:
    """`1.2kB / 3MB`, received and sent as `docker stats` shows them, as one sum in bytes."""
    parts = re.findall(r"([0-9.]+)\s*([kMGT]?B)", text)
    return sum(int(float(number) * _UNITS[unit]) for number, unit in parts)


def uptime_seconds(started: str) -> int:
    """Seconds since a time as Docker writes it: RFC 3339 with nanoseconds."""
    instant = datetime.fromisoformat(re.sub(r"\.\d+", "", started.strip()))
    return max(0, int((datetime.now(UTC) - instant).total_seconds()))


def _status(item: dict[str, str]) -> AppStatus:
    return _HEALTH.get(item.get("Health", "")) or _STATES.get(item.get("State", ""), "stopped")


def _databases(bundle: StackBundle) -> list[BundleApp]:
    return [app for app in bundle.apps if app.dump is not None]


def _dump_file(folder: StackFolder, app: BundleApp) -> Path:
    name = app.dump.file if app.dump is not None else app.name
    return folder.volumes / app.name / "dumps" / name


def _write_files(folder: StackFolder, bundle: StackBundle) -> None:
    for name, content in render_env_files(bundle).items():
        write_atomically(folder.secrets / f"{name}.env", content.encode())
    write_atomically(folder.path / "entrance" / "dynamic.yaml", render_routes(bundle).encode(), mode=0o644)
    write_atomically(folder.path / "compose.yaml", render_compose(bundle).encode(), mode=0o644)
