"""When a trial takes its steps: pure rules."""

from datetime import UTC, datetime, timedelta

import pytest

from services.billing.plans.catalogue import load_catalogue
from services.billing.trials.schedule import DAY, Step, days_left, due_steps, next_step_at, steps

START = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = START + 14 * DAY
PLAN = steps(load_catalogue().trial, ends_at=ENDS, grace_ends_at=ENDS + 3 * DAY)


def test_a_trial_warns_three_times_then_is_read_only_then_suspended() -> None:
    assert [(step.at - START, step.act, step.days_left) for step in PLAN] == [
        (7 * DAY, "warn", 7),
        (11 * DAY, "warn", 3),
        (13 * DAY, "warn", 1),
        (14 * DAY, "grace", 0),
        (17 * DAY, "suspended", 0),
    ]


@pytest.mark.parametrize(
    ("outage_ends", "expected"),
    [
        (timedelta(days=7), ["warn 7"]),
        (timedelta(days=12), ["warn 3"]),
        (timedelta(days=15), ["grace 0"]),
        (timedelta(days=40), ["grace 0", "suspended 0"]),
    ],
)
def test_after_an_outage_only_what_still_counts_is_done(outage_ends: timedelta, expected: list[str]) -> None:
    due = due_steps(PLAN, since=START + 7 * DAY, now=START + outage_ends)

    assert [f"{step.act} {step.days_left}" for step in due] == expected


def test_nothing_follows_suspension() -> None:
    assert next_step_at(PLAN, after=START + 17 * DAY) is None
    assert next_step_at(PLAN, after=START) == START + 7 * DAY


@pytest.mark.parametrize(
    ("passed", "left"),
    [
        (timedelta(), 14),
        (timedelta(seconds=1), 14),
        (timedelta(days=1), 13),
        (13.5 * DAY, 1),
        (14 * DAY, 0),
        (20 * DAY, 0),
    ],
)
def test_days_left_counts_begun_days(passed: timedelta, left: int) -> None:
    assert days_left(ends_at=ENDS, now=START + passed) == left


def test_a_step_is_due_at_its_very_instant() -> None:
    assert due_steps([Step(at=START, act="grace")], since=START, now=START) == [Step(at=START, act="grace")]
