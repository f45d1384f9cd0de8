"""Months, by which messages are partitioned: those of real time, which is the time that a message's id tells."""

from collections.abc import Iterator
from datetime import UTC, date, datetime


def month_of(moment: datetime) -> date:
    """The first day of the month of a moment, in UTC."""
    return moment.astimezone(UTC).date().replace(day=1)


def later(month: date, months: int) -> date:
    """The month so many months after (or, below 0, before) `month`."""
    years, index = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(years, index + 1, 1)


def start(month: date) -> datetime:
    """The first moment of a month."""
    return datetime(month.year, month.month, 1, tzinfo=UTC)


def ahead(now: datetime, months: int) -> Iterator[date]:
    """The month of `now` and the next `months`."""
    return (later(month_of(now), number) for number in range(months + 1))


def is_past(month: date, now: datetime, *, kept_months: int) -> bool:
    """Whether all of the month lies `kept_months` or more before `now`."""
    return later(month, kept_months) < month_of(now)
