"""Refuses requests before too many of them hurt all; webhook intake and login are refused last."""

import asyncio
from collections import deque
from time import monotonic

from libs.common.problems import Unavailable

SAMPLE_SECONDS = 0.1
SAMPLES = 3
"""So many in a row have to be late: where the machine paused for a moment one is, and nothing is overloaded.

A queue that empties in between is a burst, and none that stands (CoDel, RFC 8289 §3.1).
"""


class Overloaded(Unavailable):
    code = "overloaded"
    default_detail = "The platform is very busy and did not begin this request. Try again in a moment."


class Shedder:
    """Counts requests whose answer has not begun, and watches how late the event loop runs.

    Ordinary requests are refused above `most_waiting` of them, or while the loop is later than `most_lag` seconds each
    time; those shed last above twice as much.
    """

    def __init__(self, *, most_waiting: int, most_lag: float) -> None:
        self._most_waiting = most_waiting
        self._most_lag = most_lag
        self.waiting = 0
        self.lag = 0.0
        self._samples = deque([0.0] * SAMPLES, maxlen=SAMPLES)

    def enter(self, *, shed_last: bool) -> None:
        """Lets a request in; call `leave` when its answer has begun or it has ended.

        Raises:
            Overloaded
        """
        factor = 2 if shed_last else 1
        if self.waiting >= self._most_waiting * factor or self.lag > self._most_lag * factor:
            raise Overloaded
        self.waiting += 1

    def leave(self) -> None:
        """The request no longer waits."""
        self.waiting -= 1

    def note(self, late: float) -> None:
        """So many seconds late was the loop this time."""
        self._samples.append(late)
        self.lag = min(self._samples)

    async def watch(self) -> None:
        """Measures the lag until cancelled."""
        while True:
            before = monotonic()
            await asyncio.sleep(SAMPLE_SECONDS)
            self.note(monotonic() - before - SAMPLE_SECONDS)
