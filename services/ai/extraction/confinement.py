"""Locks the reader of documents in, before it knows anything of a document: limits, and filters for system calls."""

import codecs
import ctypes
import os
import resource
import shutil
import signal
from pathlib import Path

from services.ai.extraction import seccomp
from services.ai.extraction.values import Limits

MOST_OPEN_FILES = 256
_PR_SET_PDEATHSIG = 1
_ENCODINGS = ("ascii", "latin-1", "cp437", "cp1252", "utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def confine(limits: Limits, *, parent: int, folder: Path | None = None) -> None:
    """Holds for this process and all that it starts, and cannot be taken back. `parent` is the parent's pid.

    With a `folder` it may start other programs, which work there; when the parent ends, they and the folder go too.

    Raises:
        ExtractionFailed: `not_confined`; then nothing may be read.
    """
    if folder is not None:
        signal.signal(signal.SIGTERM, lambda *_: _end_all(folder))
    _die_with_parent(signal.SIGKILL if folder is None else signal.SIGTERM)
    if os.getppid() != parent:  # it ended before the signal was asked for
        os._exit(1)
    for limit, value in (
        (resource.RLIMIT_AS, limits.memory_bytes if folder is None else limits.converter_memory_bytes),
        (resource.RLIMIT_FSIZE, limits.inflated_bytes),
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    allow_cpu(limits)
    seccomp.refuse_outside_world(programs=folder is not None)


def seal() -> None:
    """From now on nothing can be opened: the document is parsed next, by modules that are loaded.

    Raises:
        ExtractionFailed: `not_confined`.
    """
    _die_with_parent(signal.SIGKILL)
    for name in _ENCODINGS:
        codecs.lookup(name)  # Python loads them when they are asked for first
    seccomp.refuse_all_but_reading()


def allow_cpu(limits: Limits, *, shares: int = 1) -> None:
    """From now on so many shares of processor time are left, or what remains of the document's."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + shares * limits.share_cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (min(until, limits.cpu_seconds), limits.cpu_seconds + 1))


def _die_with_parent(by: signal.Signals) -> None:
    """The kernel sends this signal when the parent has ended, however that ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0)


def _end_all(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.kill(0, signal.SIGKILL)
