"""Named places where a test may make a process fail: around commits, outgoing calls, publishes, acknowledgements.

`STACKPRO_FAILPOINTS="engine.security_group.after_ensure:1:kill,bus.delete.before:2:raise"` kills the process the first
time the first place is passed and raises at the second passing of the other. `stop` halts the process until SIGCONT.
Unset, a failpoint does nothing.
"""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Mapping


class FailpointReached(Exception):
    """The failpoint was told to raise here."""


def _kill(name: str) -> None:
    os.write(2, f"failpoint reached: {name}\n".encode())  # the last that this process says, so that tests know where
    os.kill(os.getpid(), signal.SIGKILL)


def _hang(name: str) -> None:
    os.write(2, f"failpoint reached: {name}\n".encode())
    threading.Event().wait()


def _stop(name: str) -> None:
    os.write(2, f"failpoint reached: {name}\n".encode())
    os.kill(os.getpid(), signal.SIGSTOP)


def _raise(name: str) -> None:
    raise FailpointReached(name)


ACTIONS: Mapping[str, Callable[[str], None]] = {"kill": _kill, "hang": _hang, "stop": _stop, "raise": _raise}


class _Failpoints:
    def __init__(self) -> None:
        self.rules: dict[tuple[str, int], Callable[[str], None]] = {}
        self.passed: Counter[str] = Counter()

    def configure(self, specification: str) -> None:
        self.rules.clear()
        self.passed.clear()
        for rule in filter(None, specification.split(",")):
            name, nth, action = rule.strip().rsplit(":", 2)
            self.rules[name, int(nth)] = ACTIONS[action]


_failpoints = _Failpoints()
_failpoints.configure(os.environ.get("STACKPRO_FAILPOINTS", ""))


def configure_failpoints(specification: str) -> None:
    """Replaces all rules of this process; an empty text switches every failpoint off."""
    _failpoints.configure(specification)


def failpoint(name: str) -> None:
    """Marks a place. Costs one dictionary check while no rule is set."""
    if not _failpoints.rules:
        return
    _failpoints.passed[name] += 1
    if action := _failpoints.rules.get((name, _failpoints.passed[name])):
        action(name)
