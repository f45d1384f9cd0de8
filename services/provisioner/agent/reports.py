"""What the agent tells the control plane about its host: health, uptime, storage, bandwidth, free memory."""

import asyncio
import time
from pathlib import Path

import structlog
from pydantic import BaseModel, TypeAdapter

from libs.common.clock import Clock
from libs.contracts.hosts import AppReport, HostCapacity, HostReport, StackBundle, StackReport
from services.provisioner.agent.config import AGENT_VERSION
from services.provisioner.agent.errors import RuntimeFailed
from services.provisioner.agent.files import tree_bytes, write_atomically
from services.provisioner.agent.runtime import ContainerState, Runtime, Traffic
from services.provisioner.agent.stack_folder import StackFolders

log = structlog.get_logger()

MEASURE_SECONDS = 60.0
"""Volumes are walked this often: their size changes slowly and a large one takes a while to walk."""


class Usage(BaseModel):
    """What an app transferred since it came to this host, and how much of which counter is in it."""

    total: int = 0
    counter: str = ""
    seen: int = 0

    def add(self, traffic: Traffic) -> None:
        """Adds what came since the last look: all of a new counter, and of one that went back nothing."""
        if traffic.counter != self.counter:
            self.counter, self.seen = traffic.counter, 0
        self.total += max(0, traffic.transferred_bytes - self.seen)
        self.seen = max(self.seen, traffic.transferred_bytes)


UsageOfStacks = TypeAdapter(dict[str, dict[str, Usage]])


class Reporter:
    """Collects reports. Bandwidth goes on counting over restarts of the agent and of containers: totals are kept in
    `usage.json`, together with the counters that were last seen."""

    def __init__(
        self, root: Path, *, host_id: str, folders: StackFolders, runtime: Runtime, clock: Clock, memory_mib: int
    ) -> None:
        self._usage_file = root / "usage.json"
        self._host_id = host_id
        self._folders = folders
        self._runtime = runtime
        self._clock = clock
        self._memory_mib = memory_mib
        self._started = time.monotonic()
        kept = self._usage_file.read_bytes() if self._usage_file.exists() else b"{}"
        self._usage = UsageOfStacks.validate_json(kept)
        self._storage: dict[str, tuple[float, dict[str, int]]] = {}

    async def collect(self) -> HostReport:
        """The whole host now. A stack whose runtime does not answer is reported unhealthy, with the reason."""
        bundles = self._folders.bundles()
        slugs = {bundle.stack.slug for bundle in bundles}
        for slug in self._usage.keys() - slugs:
            del self._usage[slug]
        for slug in self._storage.keys() - slugs:
            del self._storage[slug]
        stacks = tuple([await self.stack_report(bundle) for bundle in bundles])
        await asyncio.to_thread(self._keep_usage)
        reserved = sum(bundle.memory_mib for bundle in bundles)
        return HostReport(
            host_id=self._host_id,
            sent_at=self._clock.now(),
            agent_version=AGENT_VERSION,
            uptime_seconds=int(time.monotonic() - self._started),
            capacity=HostCapacity(memory_mib=self._memory_mib, reserved_mib=reserved),
            stacks=stacks,
        )

    async def stack_report(self, bundle: StackBundle, *, measure: bool = False) -> StackReport:
        """One stack; `measure` walks its volumes even if that was done a moment ago."""
        slug = bundle.stack.slug
        folder = self._folders.folder(slug)
        fault = "the container is not there"
        try:
            states = await self._runtime.states(folder, bundle)
        except RuntimeFailed as error:
            states, fault = {}, str(error)
        storage = await self._measure(slug, bundle, fresh=measure)
        absent = ContainerState(status="stopped" if bundle.mode == "stopped" else "unhealthy", detail=fault)
        apps = []
        for app in bundle.apps:
            state = states.get(app.name, absent)
            apps.append(
                AppReport(
                    name=app.name,
                    status=state.status,
                    detail=state.detail,
                    uptime_seconds=state.uptime_seconds,
                    storage_bytes=storage.get(app.name, 0),
                    bandwidth_bytes=self._count(slug, app.name, state.traffic),
                )
            )
        return StackReport(
            stack=bundle.stack,
            generation=bundle.generation,
            mode=bundle.mode,
            memory_mib=bundle.memory_mib,
            apps=tuple(apps),
        )

    async def _measure(self, slug: str, bundle: StackBundle, *, fresh: bool) -> dict[str, int]:
        measured_at, sizes = self._storage.get(slug, (0.0, {}))
        if sizes and not fresh and time.monotonic() - measured_at < MEASURE_SECONDS:
            return sizes
        volumes = self._folders.folder(slug).volumes
        names = [app.name for app in bundle.apps]
        sizes = await asyncio.to_thread(lambda: {name: tree_bytes(volumes / name) for name in names})
        self._storage[slug] = (time.monotonic(), sizes)
        return sizes

    def forget_sizes(self, slug: str) -> None:
        """The stack's volumes just changed: the next report measures them anew."""
        self._storage.pop(slug, None)

    def _count(self, slug: str, app: str, traffic: Traffic | None) -> int:
        usage = self._usage.setdefault(slug, {}).setdefault(app, Usage())
        if traffic is not None:
            usage.add(traffic)
        return usage.total

    def _keep_usage(self) -> None:
        content = UsageOfStacks.dump_json(self._usage)
        if not self._usage_file.exists() or self._usage_file.read_bytes() != content:
            write_atomically(self._usage_file, content)
