"""A trial's life: it starts at sign-up, warns, goes read-only for the days of grace, suspends, or converts."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit import record_audit
from libs.common.events import announce
from libs.common.ids import new_id
from libs.contracts.billing import TrialChanged, TrialEnding, TrialStarted, TrialSummary
from services.billing.access.service import refresh_access
from services.billing.accounts import repository as accounts
from services.billing.mails.service import promise_mail
from services.billing.plans.catalogue import Catalogue
from services.billing.subscriptions import repository as subscriptions
from services.billing.trials import repository, schedule
from services.billing.trials.models import Trial

Status = Literal["active", "grace", "suspended", "converted"]


async def start_trial(session: AsyncSession, tenant_id: UUID, *, catalogue: Catalogue, now: datetime) -> None:
    """Starts the tenant's trial, unless it has had one. A tenant that has paid already begins as converted."""
    await accounts.hold(session, tenant_id)
    if await repository.find(session, tenant_id) is not None:
        return
    ends_at = now + timedelta(days=catalogue.trial.days)
    grace_ends_at = ends_at + timedelta(days=catalogue.trial.grace_days)
    plan = schedule.steps(catalogue.trial, ends_at=ends_at, grace_ends_at=grace_ends_at)
    trial = Trial(
        tenant_id=tenant_id,
        id=new_id(),
        status="active",
        started_at=now,
        ends_at=ends_at,
        grace_ends_at=grace_ends_at,
        next_step_at=schedule.next_step_at(plan, after=now),
        version=1,
    )
    await repository.add(session, trial)
    await announce(
        session,
        TrialStarted(tenant_id=tenant_id, occurred_at=now, ends_at=ends_at, grace_ends_at=grace_ends_at),
        TrialChanged(tenant_id=tenant_id, occurred_at=now, status="active", version=1),
    )
    if await subscriptions.find_current(session, tenant_id) is not None:
        await convert_trial(session, tenant_id, now=now)


async def advance_trial(session: AsyncSession, tenant_id: UUID, *, catalogue: Catalogue, now: datetime) -> int:
    """Takes the steps that are due at `now` and returns how many."""
    await accounts.hold(session, tenant_id)
    trial = await repository.find(session, tenant_id)
    if trial is None or trial.next_step_at is None or trial.next_step_at > now:
        return 0
    plan = schedule.steps(catalogue.trial, ends_at=trial.ends_at, grace_ends_at=trial.grace_ends_at)
    due = schedule.due_steps(plan, since=trial.next_step_at, now=now)
    trial.next_step_at = schedule.next_step_at(plan, after=now)
    for step in due:
        if step.act == "warn":
            await _warn(session, trial, step.days_left, now)
        else:
            await _change(session, trial, step.act, now)
            await promise_mail(
                session,
                tenant_id,
                kind=f"trial_{step.act}",
                about=str(trial.id),
                parameters={"grace_ends_on": trial.grace_ends_at.date().isoformat()},
            )
    await refresh_access(session, tenant_id, catalogue=catalogue, now=now)
    return len(due)


async def convert_trial(session: AsyncSession, tenant_id: UUID, *, now: datetime) -> None:
    """Ends the trial for good because the tenant pays. The caller holds the account and refreshes access."""
    trial = await repository.find(session, tenant_id)
    if trial is not None and trial.status != "converted":
        trial.next_step_at = None
        await _change(session, trial, "converted", now)


def summary_of(trial: Trial, *, now: datetime) -> TrialSummary:
    """The trial as others see it."""
    return TrialSummary.model_validate(
        {
            "status": trial.status,
            "ends_at": trial.ends_at,
            "days_left": schedule.days_left(ends_at=trial.ends_at, now=now),
        }
    )


async def _warn(session: AsyncSession, trial: Trial, days_left: int, now: datetime) -> None:
    await announce(session, TrialEnding(tenant_id=trial.tenant_id, occurred_at=now, days_left=days_left))
    await promise_mail(
        session,
        trial.tenant_id,
        kind="trial_ending",
        about=f"{trial.id}:{days_left}",
        parameters={"days_left": str(days_left), "ends_on": trial.ends_at.date().isoformat()},
    )


async def _change(session: AsyncSession, trial: Trial, status: Status, now: datetime) -> None:
    trial.status = status
    trial.version += 1
    await session.flush()
    await announce(
        session, TrialChanged(tenant_id=trial.tenant_id, occurred_at=now, status=status, version=trial.version)
    )
    await record_audit(
        session,
        tenant_id=trial.tenant_id,
        actor="service:billing",
        action=f"billing.trial.{status}",
        target=f"trial:{trial.id}",
    )
