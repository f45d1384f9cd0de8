"""The emulated machine room as a process: boots every running instance of the emulated cloud that carries an agent."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from sandbox.hosts.feed import FeedBroken, InstanceFeed
from sandbox.hosts.machines import Machines, RunMachine
from sandbox.hosts.settings import HostsSettings
from services.provisioner.agent.config import AgentConfig
from services.provisioner.agent.main import run_agent
from services.provisioner.cloud.user_data import AgentBootstrap

CLOUD_PAUSE = 0.5
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
log = structlog.get_logger()


def serve(settings: HostsSettings) -> None:
    """Follow the cloud until SIGTERM or SIGINT, then switch every machine off; their disks stay."""
    run_room(settings, agent_runner(settings))


def agent_runner(settings: HostsSettings) -> RunMachine:
    """A machine that runs the host agent with simulated containers."""

    def run(bootstrap: AgentBootstrap, disk: Path) -> None:
        run_agent(
            AgentConfig(
                control_plane_url=bootstrap.control_plane_url,
                token=bootstrap.token,
                memory_mib=bootstrap.memory_mib,
                root=disk,
                runtime="simulated",
                report_seconds=settings.report_seconds,
            )
        )

    return run


def run_room(settings: HostsSettings, run: RunMachine) -> None:
    """The room's loop. It has neither threads nor an event loop, so that its forks are clean."""
    machines, feed = Machines(settings.hosts, run), InstanceFeed(settings.cloud_url)
    with _signals_as_bytes() as signals:
        try:
            while not _stop_requested(signals, machines):
                _ask(feed)
                ready = _wait(signals, feed, machines.seconds_to_next_start())
                if feed in ready:
                    _follow(feed, machines)
                machines.start_due()
        finally:
            feed.drop()
            machines.switch_off_all()


def _ask(feed: InstanceFeed) -> None:
    if not feed.asked:
        try:
            feed.ask()
        except FeedBroken:
            return  # the wait below ends soon, and the question is asked again


def _follow(feed: InstanceFeed, machines: Machines) -> None:
    try:
        machines.follow(feed.read())
    except FeedBroken:
        log.warning("sandbox.hosts.cloud_unreachable")


def _wait(signals: int, feed: InstanceFeed, next_start: float | None) -> list[object]:
    sources: list[int | InstanceFeed] = [signals, feed] if feed.asked else [signals]
    limits = [each for each in (next_start, None if feed.asked else CLOUD_PAUSE) if each is not None]
    return list(select.select(sources, [], [], min(limits, default=None))[0])


def _stop_requested(signals: int, machines: Machines) -> bool:
    try:
        received = os.read(signals, 256)
    except BlockingIOError:
        return False
    if signal.SIGCHLD in received:
        machines.collect_ended()
    return any(each in received for each in STOPPING)


@contextmanager
def _signals_as_bytes() -> Iterator[int]:
    """A descriptor on which every signal of interest arrives as one byte, its number."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    handlers = {each: signal.signal(each, lambda *_: None) for each in (*STOPPING, signal.SIGCHLD)}
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(before)
        for each, handler in handlers.items():
            signal.signal(each, handler)
        os.close(reading)
        os.close(writing)
