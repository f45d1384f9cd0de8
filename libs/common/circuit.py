"""A circuit breaker: after repeated failures a dependency is left alone for a while, then tried with one call."""

import time
from collections.abc import Callable

from libs.common.problems import Unavailable


class CircuitOpen(Unavailable):
    code = "dependency_unavailable"


class Circuit:
    """Opens after `threshold` failures in a row and lets one call try again after `cool_down` seconds."""

    def __init__(
        self, *, threshold: int = 5, cool_down: float = 5, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._threshold = threshold
        self._cool_down = cool_down
        self._monotonic = monotonic
        self._failures = 0
        self._opened_at = 0.0

    @property
    def is_open(self) -> bool:
        """True while calls are refused."""
        return self._failures >= self._threshold and self._monotonic() - self._opened_at < self._cool_down

    def check(self) -> None:
        """Call before a try.

        Raises:
            CircuitOpen: the dependency is being left alone.
        """
        if self.is_open:
            raise CircuitOpen(retry_after=self._cool_down)
        if self._failures >= self._threshold:
            self._opened_at = self._monotonic()  # this call is the one that tries; others wait for its end

    def succeeded(self) -> None:
        """The dependency answered."""
        self._failures = 0

    def failed(self) -> None:
        """The dependency did not answer, or answered that it cannot."""
        self._failures += 1
        if self._failures >= self._threshold:
            self._opened_at = self._monotonic()
