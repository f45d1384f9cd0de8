"""The rotation of data keys that are old."""

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.adapters.keys import KeysUnavailable
from libs.common.sweeps import Sweep
from services.messaging.keys import lookups
from services.messaging.keys.service import KeyRings, TextsUnreadable

ROTATE_AFTER = timedelta(days=90)
BATCH = 50
"""So few that the sweep's own transaction, idle meanwhile, outlives them."""
EVERY_SECONDS = 60.0
logger = structlog.get_logger()


def data_key_sweep(rings: KeyRings) -> Sweep:
    """Gives a fresh data key to who has had theirs for ninety days of real time."""

    async def run(session: AsyncSession, _now: datetime) -> int:
        before = datetime.now(UTC) - ROTATE_AFTER
        rotated = 0
        for tenant_id in await lookups.tenants_with_old_keys(session, before=before, limit=BATCH):
            try:
                await rings.rotate(tenant_id)
            except TextsUnreadable:
                continue  # disabled or destroyed, and by no means new texts to seal
            except KeysUnavailable as error:
                logger.warning("data_keys.rotation_waits", reason=str(error))
                break
            rotated += 1
        return rotated

    return Sweep(name="rotate_data_keys", every=EVERY_SECONDS, run=run)
