"""Writes `docs/reference/data.md` from what the tables declare: `python -m tools.data_reference`."""

import inspect
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase

from libs.common.data_catalogue import Anonymised, Erasure, Kept, Life, Timed, declaration
from libs.common.platform_tables import PlatformBase
from services.registry import NAMES, load_service

PAGE = Path(__file__).resolve().parent.parent / "docs/reference/data.md"
HEAD = """# Data

<!-- Written by `make reference` from the models. Change the models, not this page. -->

Every table says whose it is, which of its columns tell of a person (also by an id), how long its rows are kept, and
what becomes of them when a tenant or a user is erased. What is kept for a time is then deleted by its service's worker,
which looks every minute and takes a batch; the time is real, also where the sandbox's clock was advanced. Messages that
could not be delivered are kept for fourteen days on their dead-letter queue.
"""
_LIFE: dict[Life, str] = {
    "tenant": "as long as the tenant",
    "user": "as long as the user",
    "platform": "as long as the platform needs it",
}


def render() -> str:
    """The whole page."""
    lines = [HEAD, "## Every service\n", *_rows(PlatformBase)]
    for name in NAMES:
        lines += [f"## {name}\n", *_rows(_base(name))]
    return "\n".join(lines)


def _base(service: str) -> type[DeclarativeBase]:
    """The declarative base of a service, whose application imports all of its models."""
    load_service(service)
    base: type[DeclarativeBase] = import_module(f"services.{service}.base").Base
    return base


def _rows(base: type[DeclarativeBase]) -> Iterator[str]:
    yield "| table | what it is | personal | kept | erasure |"
    yield "|---|---|---|---|---|"
    for mapper in sorted(base.registry.mappers, key=lambda mapper: str(mapper.local_table)):
        table = mapper.local_table
        if isinstance(table, Table):
            yield _row(table, mapper.class_)
    yield ""


def _row(table: Table, model: type[object]) -> str:
    keeps = declaration(table)
    what = " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split())
    personal = ", ".join(f"`{name}`" for name in keeps.personal) or "nothing"
    cells = (f"`{table.name}`", what.replace("|", "\\|"), personal, _kept(keeps.retention), _erasure(keeps.erasure))
    return f"| {' | '.join(cells)} |"


def _kept(retention: Timed | Life) -> str:
    if not isinstance(retention, Timed):
        return _LIFE[retention]
    since = f"after `{retention.since}`"
    words = f"{_span(retention.after)} {since}" if retention.after else f"until `{retention.since}`"
    return words if retention.only == "true" else f"{words}, where `{retention.only}`"


def _span(time: timedelta) -> str:
    days, hours = time.days, time.seconds // 3600
    if days == 1 and not hours:
        return "24 hours"
    return f"{days} days" if not hours else f"{days * 24 + hours} hours"


def _erasure(erasure: Erasure) -> str:
    if isinstance(erasure, Anonymised):
        return f"the personal columns are overwritten: {erasure.reason}"
    if isinstance(erasure, Kept):
        return f"stays: {erasure.reason}"
    return "deleted"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render())
    sys.stdout.write(f"{PAGE.relative_to(PAGE.parents[2])}\n")
