"""The filling of the archive: every message that was written or changed is put there as it stands.

The relay notes a change in the transaction in which it takes the change from its own list, so that none is lost. What
is put twice or out of order, the archive puts right by version.
"""

from libs.adapters.history import MAX_BODY_BYTES, History
from libs.common.bell import work_at_rings
from libs.common.database import Database
from libs.common.failpoints import failpoint
from libs.common.service import Loop
from services.messaging.history import lookups
from services.messaging.stream.repository import BELL

BATCH = 500
POLL_SECONDS = 2.0


async def fill_once(database: Database, history: History) -> int:
    """Puts up to `BATCH` changes into the archive and returns how many; other workers skip those that this one holds.

    Raises:
        HistoryUnavailable: the archive is away; the changes stay noted.
    """
    async with database.system_session() as session:
        entries = await lookups.claim_entries(session, limit=BATCH)
        if not entries:
            return 0
        wanted = sorted({(entry.tenant_id, entry.message_id) for entry in entries})
        found = await lookups.snapshots(session, wanted)
        failpoint("history.put.before")
        await history.put([message for message in found if len(message.body) <= MAX_BODY_BYTES])
        failpoint("history.put.after")
        await lookups.forget_entries(session, [entry.position for entry in entries])
        return len(entries)


def filling_loop(database: Database, history: History, *, listen_url: str) -> Loop:
    """Fills at each ring of the streams, and every two seconds in any case. It makes the archive's table first."""
    ready = False

    async def fill() -> bool:
        nonlocal ready
        if not ready:
            await history.ensure()
            ready = True
        return await fill_once(database, history) == BATCH

    return work_at_rings(BELL, fill, url=listen_url, poll_seconds=POLL_SECONDS)
