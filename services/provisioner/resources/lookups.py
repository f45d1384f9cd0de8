"""What operators may see of all tenants' resources."""

from libs.common.database import Database
from services.provisioner.resources.drift_repository import list_open
from services.provisioner.resources.models import DriftRow


async def all_open_drift(database: Database, limit: int) -> list[DriftRow]:
    """Open drift of every tenant, newest first."""
    async with database.system_session() as session:
        return await list_open(session, limit=limit)
