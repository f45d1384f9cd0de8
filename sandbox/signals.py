"""Signals as things to wait for, instead of handlers that interrupt anything anywhere."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOP_REQUESTS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
_HELD = STOP_REQUESTS | {signal.SIGCHLD}


@contextmanager
def signals_held() -> Iterator[None]:
    """Within, requests to stop and ends of children wait until `next_signal` asks for them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        yield
    finally:
        while next_signal(0.0) is not None:
            pass  # a second request to stop must not strike once everything has stopped
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def next_signal(seconds: float | None) -> signal.Signals | None:
    """The next held signal; None when none came within `seconds` (None: wait for ever)."""
    if seconds is None:
        return signal.Signals(signal.sigwaitinfo(_HELD).si_signo)
    received = signal.sigtimedwait(_HELD, seconds)
    return signal.Signals(received.si_signo) if received else None


def any_signal_pending() -> bool:
    """Whether `next_signal` would return one at once."""
    return bool(signal.sigpending() & _HELD)
