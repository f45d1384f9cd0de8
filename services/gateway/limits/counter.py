"""Counts requests in sliding windows: this window's count plus the share of the last one that is still in sight.

The count is local and exact; what other processes counted is learned when it is settled, about once a second.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """At most `quota` requests in any `window` seconds for each key."""

    name: str
    quota: int
    window: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a key may still do. `reset` is in seconds: when a place is free again if none is, else the window's end."""

    allowed: bool
    remaining: int
    reset: int


@dataclass(slots=True)
class Count:
    """One key's counts. `settled` is known of all processes, `pending` only here, `previous` is the last window's."""

    window: int
    previous: int = 0
    settled: int = 0
    pending: int = 0

    def turn(self, window: int) -> None:
        """Moves on to `window`."""
        if window == self.window:
            return
        self.previous = self.settled + self.pending if window == self.window + 1 else 0
        self.window, self.settled, self.pending = window, 0, 0


class SlidingCounter:
    """The counts of all keys under one policy. `now` is in Unix seconds, so that all processes share the windows."""

    def __init__(self, policy: Policy, *, most_keys: int = 100_000) -> None:
        self.policy = policy
        self._most_keys = most_keys
        self._counts: dict[str, Count] = {}

    def hit(self, key: str, now: float) -> Verdict:
        """Counts one request of `key`, unless it is refused."""
        policy = self.policy
        window = int(now // policy.window)
        count = self._counts.get(key)
        if count is None:
            count = self._add(key, window)
        elif count.window != window:
            count.turn(window)
        elapsed = now - window * policy.window
        in_sight = count.settled + count.pending + count.previous * (1 - elapsed / policy.window)
        if in_sight + 1 > policy.quota:
            return Verdict(False, 0, self._seconds_until_free(count, elapsed))
        count.pending += 1
        return Verdict(True, int(policy.quota - in_sight - 1), int(policy.window - elapsed) + 1)

    def _seconds_until_free(self, count: Count, elapsed: float) -> int:
        window, present = self.policy.window, count.settled + count.pending
        room = self.policy.quota - 1 - present
        if room < 0 or not count.previous:
            return int(window - elapsed) + 1
        return max(1, int(window * (1 - room / count.previous) - elapsed) + 1)

    def _add(self, key: str, window: int) -> Count:
        if len(self._counts) >= self._most_keys:
            self._counts.pop(next(iter(self._counts)))
        count = self._counts[key] = Count(window)
        return count

    def unsettled(self, now: float) -> list[tuple[str, Count]]:
        """The keys with something to tell or to learn; keys that are long quiet are forgotten."""
        window = int(now // self.policy.window)
        for key in [key for key, count in self._counts.items() if count.window < window - 1]:
            del self._counts[key]
        return [(key, count) for key, count in self._counts.items() if count.pending]
