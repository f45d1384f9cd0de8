"""Compares what tables declare of their data with what the database has: a line for each thing that is not true."""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, DateTime, MetaData, Table

from libs.common.data_catalogue import PLATFORM, Anonymised, Keeps, Timed, declaration
from libs.common.platform_tables import PlatformBase
from libs.common.sweeps import Sweep
from tests.isolation.catalogue import REVISIONS

_SMELLS = re.compile(
    r"(^|_)(e?mail|address|street|city|postcode|zip|country|name|phone|mobile|fax|ip|agent|birth\w*|gender|iban|password"
    r"|user|person|customer|recipient|sender|slug|by)(_|$)"
)
_TECHNICAL = re.compile(r"(^|_)agent_version$")
"""The version of the program on a host is nobody's."""


def complaints(
    connection: Connection, service: str, models: Sequence[MetaData], sweeps: Sequence[Sweep]
) -> Iterator[str]:
    """`sweeps` are those that the service's worker runs."""
    found = MetaData()
    found.reflect(connection)
    said = {table.name: table for metadata in models for table in metadata.sorted_tables}
    running = {sweep.name for sweep in sweeps}
    for table in found.sorted_tables:
        if table.name == REVISIONS:
            continue
        try:
            declared = declaration(said[table.name])
        except LookupError:
            yield f"{table.name}: declares nothing"
            continue
        yield from _of_owner(table, declared, service)
        yield from _of_columns(table, declared)
        yield from _of_erasure(table, declared)
        yield from _of_time(table, declared, running)


def _of_owner(table: Table, declared: Keeps, service: str) -> Iterator[str]:
    owner = PLATFORM if table.name in PlatformBase.metadata.tables else service
    if declared.owner != owner:
        yield f"{table.name}: belongs to {owner}, not to {declared.owner}"


def _of_columns(table: Table, declared: Keeps) -> Iterator[str]:
    named = {*declared.personal, *declared.impersonal}
    yield from (f"{table.name}.{name}: no such column" for name in sorted(named - {*table.columns.keys()}))
    for name in sorted(table.columns.keys()):
        if _SMELLS.search(name) and not _TECHNICAL.search(name) and name not in named:
            yield f"{table.name}.{name}: sounds personal; declare it `personal`, or `impersonal` with a reason"
    both = {*declared.personal} & {*declared.impersonal}
    yield from (f"{table.name}.{name}: is it personal or not?" for name in sorted(both))
    yield from (f"{table.name}.{name}: say why not" for name, reason in declared.impersonal.items() if not reason)


def _of_erasure(table: Table, declared: Keeps) -> Iterator[str]:
    if isinstance(declared.erasure, str):
        return
    if not declared.erasure.reason:
        yield f"{table.name}: erasure leaves rows without a reason"
    if isinstance(declared.erasure, Anonymised) and not declared.personal:
        yield f"{table.name}: there is no personal column to anonymise"


def _of_time(table: Table, declared: Keeps, running: set[str]) -> Iterator[str]:
    timed = declared.retention
    if not isinstance(timed, Timed):
        if timed == "tenant" and "tenant_id" not in table.columns:
            yield f"{table.name}: cannot live as long as a tenant without a tenant_id"
        return
    if timed.since not in table.columns or not isinstance(table.columns[timed.since].type, DateTime):
        yield f"{table.name}.{timed.since}: no moment to count from"
        return
    if not any(index.columns and next(iter(index.columns)).name == timed.since for index in table.indexes):
        yield f"{table.name}.{timed.since}: has no index, so that each purge reads the whole table"
    if f"purge.{table.name}" not in running:
        yield f"{table.name}: no sweep purges it"
