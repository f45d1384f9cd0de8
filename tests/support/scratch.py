"""Where a run of the suite keeps its files: in memory where there is room, since none of them outlives it."""

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
_CGROUP = Path("/sys/fs/cgroup")
_CONTROL_GROUPS = (
    (_CGROUP / "memory.max", _CGROUP / "memory.current"),
    (_CGROUP / "memory/memory.limit_in_bytes", _CGROUP / "memory/memory.usage_in_bytes"),
)
NEEDED = 8 * 1024**3
"""Bytes: more than a run writes, and what is left for its processes."""


def new_scratch(prefix: str) -> Path:
    """A new folder, to be removed by who asked."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if _has_room() else None))


def _has_room() -> bool:
    try:
        there = os.statvfs(MEMORY)
        available = _available_memory()
    except OSError:
        return False
    runs_programs = not there.f_flag & os.ST_NOEXEC
    return runs_programs and min(there.f_bavail * there.f_frsize, available / 2) >= NEEDED


def _available_memory() -> int:
    """Bytes, of the machine or of the control group that this process is in (cgroups(7)), whichever has less."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    available = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    for limit, used in _CONTROL_GROUPS:
        if limit.exists() and (most := limit.read_text().strip()) != "max":
            available = min(available, int(most) - int(used.read_text()))
    return available
