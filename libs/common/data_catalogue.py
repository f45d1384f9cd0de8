"""What a table says of its data: whose it is, what is personal in it, how long it is kept and what erasure does.

A model declares it by `__table_args__ = keeps(owner="auth", ...)`; tests refuse a table that declares nothing, the
worker purges by it, and `docs/reference/data.md` is written from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from sqlalchemy import MetaData, Table

_INFO = "keeps"
PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A row goes `after` so long since the moment in its column `since`; where that is null, it stays.

    `only` is a condition in SQL on the rows that may go. `since` is technical time, as the row was stamped: what the
    real clock stamped and the business one purged would be lost when the sandbox's clock is advanced.
    """

    after: timedelta
    since: str
    only: str = "true"


@dataclass(frozen=True, slots=True)
class Anonymised:
    """Erasure overwrites the personal columns and leaves the row, which is needed because of `reason`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Erasure leaves the row as it is, because of `reason`: a law, or nobody's data."""

    reason: str


Life = Literal["tenant", "user", "platform"]
Erasure = Literal["deleted"] | Anonymised | Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeps:
    """One table's declaration.

    `owner` is the service, or `platform` for what every service's database has. `personal` are the columns that tell
    of a person, also by an id. `retention` is a time, or whose life it ends with. `erasure` is what becomes of the
    rows of a tenant or user who is erased. `impersonal` are columns that only sound personal, each with the reason.
    """

    owner: str
    retention: Timed | Life
    erasure: Erasure
    personal: tuple[str, ...] = ()
    impersonal: Mapping[str, str] = field(default_factory=dict)


def keeps(
    *,
    owner: str,
    retention: Timed | Life,
    erasure: Erasure,
    personal: tuple[str, ...] = (),
    impersonal: Mapping[str, str] | None = None,
) -> dict[str, dict[str, Keeps]]:
    """The `__table_args__` of a model that keeps its rows so; see `Keeps`."""
    declared = Keeps(owner=owner, retention=retention, erasure=erasure, personal=personal, impersonal=impersonal or {})
    return {"info": {_INFO: declared}}


def declaration(table: Table) -> Keeps:
    """What `table` declares.

    Raises:
        LookupError: it declares nothing.
    """
    declared = table.info.get(_INFO)
    if not isinstance(declared, Keeps):
        raise LookupError(f"the table {table.name} does not say how it keeps its data: see libs/common/data_catalogue")
    return declared


def timed_tables(metadata: MetaData) -> list[tuple[Table, Timed]]:
    """The tables whose rows go after some time, by name. A table that declares nothing is kept."""
    declared = [(table, table.info.get(_INFO)) for table in metadata.tables.values()]
    timed = [(table, one.retention) for table, one in declared if isinstance(one, Keeps)]
    return sorted(
        ((table, retention) for table, retention in timed if isinstance(retention, Timed)),
        key=lambda pair: pair[0].name,
    )
