"""Learns how long the phases of deployments take, from those of all tenants that succeeded."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.sweeps import Sweep
from services.provisioner.deployments.service import REPAIR

EVERY_SECONDS = 60.0
NEWEST = 50
_LEARN = text("""
    WITH ended AS (
        SELECT tenant_id, id, kind, row_number() OVER (PARTITION BY kind ORDER BY finished_at DESC) AS place
        FROM deployment WHERE status = 'succeeded' AND kind <> :repair AND retry_of IS NULL
    ), taken AS (
        SELECT ended.kind, step.phase,
               extract(epoch FROM max(step.finished_at) - min(step.started_at)) AS seconds
        FROM ended JOIN deployment_step AS step ON step.tenant_id = ended.tenant_id AND step.deployment_id = ended.id
        WHERE ended.place <= :newest
        GROUP BY ended.kind, ended.tenant_id, ended.id, step.phase
    )
    INSERT INTO phase_duration AS known (kind, phase, median_seconds, samples)
    SELECT kind, phase, greatest(1, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds))), count(*)
    FROM taken GROUP BY kind, phase
    ON CONFLICT (kind, phase) DO UPDATE SET median_seconds = excluded.median_seconds, samples = excluded.samples
    WHERE (known.median_seconds, known.samples) <> (excluded.median_seconds, excluded.samples)
    RETURNING kind
""")


async def learn_durations(session: AsyncSession, _now: datetime) -> int:
    """Takes the medians of the newest deployments of each kind; returns how many phases have another one now.

    Repairs are left out, because each runs other steps, and what went on after a failure, because its first steps are
    those of the deployment that failed. Durations are real time, so that the sweep's business time is not asked.
    """
    return len((await session.execute(_LEARN, {"repair": REPAIR, "newest": NEWEST})).all())


DURATIONS = Sweep(name="deployments.durations", every=EVERY_SECONDS, run=learn_durations)
