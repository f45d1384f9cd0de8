"""Runs the purge of one table as a worker does."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import MetaData

from libs.common.clock import SystemClock
from libs.common.database import Database
from libs.common.sweeps import purge_sweeps, run_sweep


def days_ago(days: float) -> datetime:
    """The moment that many days before now."""
    return datetime.now(UTC) - timedelta(days=days)


async def purge_table(database: Database, tables: MetaData, name: str) -> int:
    """How many rows of the table the purge took; `tables` are those of its service."""
    sweep = next(one for one in purge_sweeps(tables) if one.name == f"purge.{name}")
    return await run_sweep(sweep, database=database, clock=SystemClock())
