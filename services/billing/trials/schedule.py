"""When a trial warns, goes read-only and suspends: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from services.billing.plans.catalogue import TrialRules

DAY = timedelta(days=1)
Act = Literal["warn", "grace", "suspended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """At `at`, do `act`; `days_left` is what a warning says."""

    at: datetime
    act: Act
    days_left: int = 0


def steps(rules: TrialRules, *, ends_at: datetime, grace_ends_at: datetime) -> list[Step]:
    """All steps of a trial, in the order of time."""
    warnings = [
        Step(at=ends_at - days * DAY, act="warn", days_left=days)
        for days in sorted(rules.warn_days_before, reverse=True)
    ]
    return [*warnings, Step(at=ends_at, act="grace"), Step(at=grace_ends_at, act="suspended")]


def due_steps(plan: Sequence[Step], *, since: datetime, now: datetime) -> list[Step]:
    """The steps from `since` until `now`. Of what was missed during an outage, only the last warning still counts,
    and none once the trial has ended.
    """
    due = [step for step in plan if since <= step.at <= now]
    changes = [step for step in due if step.act != "warn"]
    return changes or due[-1:]


def next_step_at(plan: Sequence[Step], *, after: datetime) -> datetime | None:
    """When the next step after `after` is due."""
    return next((step.at for step in plan if step.at > after), None)


def days_left(*, ends_at: datetime, now: datetime) -> int:
    """Begun days until the end; 0 after it."""
    return max(0, ceil((ends_at - now) / DAY))
