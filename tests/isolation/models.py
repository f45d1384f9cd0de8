"""Compares a service's models with its database: tables, columns, types, nullability and primary keys."""

import pkgutil
from collections.abc import Iterator, Sequence
from importlib import import_module

from sqlalchemy import Column, Connection, MetaData, Table
from sqlalchemy.dialects.postgresql import dialect

from libs.common.platform_tables import PlatformBase
from tests.isolation.catalogue import REVISIONS

_SAME = {"VARCHAR": "TEXT", "FLOAT": "DOUBLE PRECISION"}
"""What a model's `str` and `float` are called in the database."""
_NARROWER = {("BIGINT", "INTEGER"), ("BIGINT", "SMALLINT")}
"""A column may be narrower than its model, never wider: the model's type is what values are sent as."""


def metadata_of(service: str) -> Sequence[MetaData]:
    """The tables of all the service's models and those that every service has."""
    package = import_module(f"services.{service}")
    for module in pkgutil.walk_packages(package.__path__, f"services.{service}."):
        if module.name.endswith(".models"):
            import_module(module.name)
    return [import_module(f"services.{service}.base").Base.metadata, PlatformBase.metadata]


def differences(connection: Connection, models: Sequence[MetaData]) -> list[str]:
    """A line for each way in which the database is not what the models say."""
    real = MetaData()
    real.reflect(connection)
    said = {table.name: table for metadata in models for table in metadata.sorted_tables}
    found = {table.name: table for table in real.sorted_tables if table.name != REVISIONS}
    return [
        *(f"{name}: no model" for name in sorted(found.keys() - said.keys())),
        *(f"{name}: no table" for name in sorted(said.keys() - found.keys())),
        *(line for name in sorted(said.keys() & found.keys()) for line in _of_table(said[name], found[name])),
    ]


def _of_table(said: Table, found: Table) -> Iterator[str]:
    for name in sorted({*said.columns.keys(), *found.columns.keys()}):
        wanted, there = said.columns.get(name), found.columns.get(name)
        if wanted is None or there is None:
            yield f"{said.name}.{name}: {'no column' if there is None else 'not in the model'}"
        elif _type(wanted) != _type(there) and (_type(wanted), _type(there)) not in _NARROWER:
            yield f"{said.name}.{name}: {_type(wanted)} in the model, {_type(there)} in the database"
        elif (wanted.nullable, wanted.primary_key) != (there.nullable, there.primary_key):
            yield f"{said.name}.{name}: the model and the database disagree on NULL or the primary key"


def _type(column: "Column[object]") -> str:
    name = column.type.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy's dialect has no types
    return _SAME.get(name, name)
