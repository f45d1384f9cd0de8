"""Where workers are killed: every place where a step, its ledger, a claim, an end or a way back could be cut in two."""

import os
from collections.abc import Iterable, Sequence
from typing import TypeVar

from services.provisioner.engine import rollback, runner

MAKING = ("before_intent_commit", "after_intent_commit", "before_exists_commit", "after_exists_commit")
WAITING = ("before_wait", "after_wait")
TAKING_BACK = (
    "before_removing_commit", "after_removing_commit", "before_removed_commit", "after_removed_commit",
    "before_quarantined_commit", "after_quarantined_commit",
)  # fmt: skip
CLAIM = ("engine.claim.before_commit", "engine.claim.after_commit")
FINISH = ("engine.finish.before_commit", "engine.finish.after_commit")
ROLLBACK = ("engine.rollback.before_commit", "engine.rollback.after_commit")
Case = TypeVar("Case")
GROUPS = 2
"""A deployment gives up when ten workers have died in one step, so one chain of kills takes every second boundary."""


def forward(steps: Iterable[str]) -> list[str]:
    """The boundaries of steps that go forward."""
    return [f"engine.{step}.{each}" for step in steps for each in (*runner.BOUNDARIES, *MAKING, *WAITING)]


def back(steps: Iterable[str]) -> list[str]:
    """The boundaries of steps that are taken back."""
    return [f"engine.{step}.{each}" for step in steps for each in (*rollback.BOUNDARIES, *TAKING_BACK)]


def group(names: Sequence[str], number: int) -> list[str]:
    """Every `GROUPS`th of them, beginning with `number`."""
    return list(names)[number::GROUPS]


def all_or_first(*cases: Case) -> tuple[Case, ...]:
    """All of them with `make faults`; else the first, which is the hardest."""
    return cases if os.environ.get("STACKPRO_ALL_FAULTS") else cases[:1]
