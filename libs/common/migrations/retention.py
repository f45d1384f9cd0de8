"""Indexes by which the purges find what has been kept long enough."""

from collections.abc import Mapping

from alembic import op


def index_retention(moments: Mapping[str, str]) -> None:
    """Indexes, for each table, the column that its rows' time is counted from (`Timed.since`)."""
    for table, column in moments.items():
        op.create_index(f"ix_{table}_{column}", table, [column])


def drop_retention_indexes(moments: Mapping[str, str]) -> None:
    """Takes `index_retention` back."""
    for table, column in moments.items():
        op.drop_index(f"ix_{table}_{column}", table)
