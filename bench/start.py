"""How long a first set-up and later starts take, and what the idle sandbox costs."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil

from bench.registry import Bench, Figures
from tests.support.platform import Owner, Platform

ROUNDS = 3
IDLE_SECONDS = 30.0
SETTLE_SECONDS = 10.0


def run() -> Figures:
    """Clones the repository into an empty folder, sets it up once, starts it several times, watches it idle."""
    folder = Path(tempfile.mkdtemp(prefix="stackpro-bench-"))
    try:
        subprocess.run(["git", "clone", "-q", ".", str(folder / "clone")], check=True)
        began = time.monotonic()
        subprocess.run(["./tools/set-up"], cwd=folder / "clone", check=True)
        setup_s = time.monotonic() - began
        platform = Platform(folder / "home")
        platform.start()
        Owner.sign_up(platform).stack_on("shared")
        platform.stop()
        starts = []
        for _ in range(ROUNDS):
            began = time.monotonic()
            platform.start()
            starts.append(time.monotonic() - began)
            print(f"warm start {starts[-1]:.1f} s")
            if len(starts) < ROUNDS:
                platform.stop()
        idle = _idle(platform)
        platform.stop()
        return {"setup_s": setup_s, "warm_start_s": median(starts), **idle}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _idle(platform: Platform) -> Figures:
    if platform.process is None:
        raise RuntimeError("the platform does not run")
    time.sleep(SETTLE_SECONDS)
    supervisor = psutil.Process(platform.process.pid)
    processes = [supervisor, *supervisor.children(recursive=True)]
    before = sum(_cpu_seconds(process) for process in processes)
    time.sleep(IDLE_SECONDS)
    used = sum(_cpu_seconds(process) for process in processes) - before
    pss = sum(process.memory_full_info().pss for process in processes if process.is_running())
    print(f"{len(processes)} processes, {pss / 2**20:.0f} MiB PSS, {used / IDLE_SECONDS * 100:.1f} % of one core")
    for process in sorted(processes, key=_cpu_seconds, reverse=True)[:5]:
        print(f"  {process.pid} {process.name()} {_cpu_seconds(process):.1f} s of CPU since its start")
    return {"idle_pss_mib": pss / 2**20, "idle_cpu_percent": used / IDLE_SECONDS * 100}


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


BENCH = Bench(
    name="start",
    measures="set-up on a fresh clone, later starts, memory (PSS) and CPU of the idle sandbox",
    run=run,
)
