"""Locks the reader of documents in, before it knows anything of a document: limits, and filters for system calls."""

import codecs
import ctypes
import os
import resource
import signal

from services.ai.extraction import seccomp
from services.ai.extraction.values import Limits

MOST_OPEN_FILES = 256
_PR_SET_PDEATHSIG = 1
_ENCODINGS = ("ascii", "latin-1", "cp437", "cp1252", "utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def confine(limits: Limits, *, parent: int, programs: bool) -> None:
    """Holds for this process and all that it starts, and cannot be taken back. `parent` is the parent's pid.

    `programs` says whether it may start other programs: a converter.

    Raises:
        ExtractionFailed: `not_confined`; then nothing may be read.
    """
    _die_with_parent(signal.SIGTERM if programs else signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the signal was asked for
        os._exit(1)
    if programs:
        signal.signal(signal.SIGTERM, lambda *_: os.kill(0, signal.SIGKILL))  # what it has started ends with it
    for limit, value in (
        (resource.RLIMIT_AS, limits.converter_memory_bytes if programs else limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.inflated_bytes),
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    allow_cpu(limits)
    seccomp.refuse_outside_world(programs=programs)


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
